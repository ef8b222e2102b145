/// What help and the manual say of the program as a whole.
enum ProgramDescription {
  static var paragraphs: [CommandManual.Paragraph] {
    [
      .text(
        """
        Runs containers as the OCI runtime specification describes them. A container is made from a bundle, a folder \
        with a config.json and usually a root file system. Engines such as containerd, Docker and Podman call this \
        program; it can be called by hand just as well.
        """)
    ]
  }

  static var examples: [CommandManual.Example] {
    [
      CommandManual.Example(line: "spec", purpose: "Beside a folder rootfs, write a config.json."),
      CommandManual.Example(line: "run hello", purpose: "Run it as the container hello."),
    ]
  }
}
