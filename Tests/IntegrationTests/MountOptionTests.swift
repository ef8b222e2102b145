import Foundation
import Testing

/// What the options of `mounts` do, as the mount table inside the container has it.
@Suite(.scratch) struct MountOptionTests {
  /// A line of /proc/self/mountinfo (proc_pid_mountinfo(5)).
  private struct Line {
    let target: String
    let attributes: Set<String>
    let peers: [String]
    let superOptions: Set<String>

    init?(_ text: String) {
      let fields = text.split(separator: " ").map { String($0) }
      guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { return nil }
      target = fields[4]
      attributes = Set(fields[5].split(separator: ",").map { String($0) })
      peers = fields[6..<dash].map { String($0) }
      superOptions = Set(fields[dash + 3].split(separator: ",").map { String($0) })
    }
  }

  private func table(_ output: Output) throws -> [String: Line] {
    var table: [String: Line] = [:]
    for text in try output.succeed().lines {
      if let line = Line(text) { table[line.target] = line }
    }
    return table
  }

  /// The mounts of a container with these mounts beside its own.
  private func table(_ mounts: [JSONValue], _ edit: (inout JSONValue) -> Void = { _ in }) throws -> [String: Line] {
    let container = try Container { config in
      for mount in mounts { config.append(mount, to: "mounts") }
      edit(&config)
    }
    return try table(container.run("cat /proc/self/mountinfo"))
  }

  private func tmpfs(_ target: String, _ options: String...) -> JSONValue {
    ["destination": .string(target), "type": "tmpfs", "source": "tmpfs", "options": .strings(options)]
  }

  /// Each option alone, then its opposite after it: the last word counts.
  static let attributes: [(option: String, opposite: String)] = [
    ("ro", "rw"), ("nosuid", "suid"), ("nodev", "dev"), ("noexec", "exec"), ("noatime", "relatime"),
    ("nodiratime", "diratime"), ("nosymfollow", "symfollow"),
  ]

  @Test func attributesAreSetAndTakenBack() throws {
    var mounts: [JSONValue] = []
    for (option, opposite) in Self.attributes {
      mounts.append(tmpfs("/on-\(option)", option))
      mounts.append(tmpfs("/off-\(option)", option, opposite))
    }
    mounts += [tmpfs("/none"), tmpfs("/strict", "strictatime"), tmpfs("/relative", "strictatime", "relatime")]
    let table = try table(mounts)
    for (option, _) in Self.attributes {
      #expect(table["/on-\(option)"]?.attributes.contains(option) == true, "\(option)")
      #expect(table["/off-\(option)"]?.attributes.contains(option) == false, "\(option)")
    }
    #expect(table["/none"]?.attributes == ["rw", "relatime"])
    #expect(table["/strict"]?.attributes == ["rw"])
    #expect(table["/relative"]?.attributes == ["rw", "relatime"])
  }

  @Test func flagsAndDataReachTheFileSystem() throws {
    let container = try Container { config in
      config.append(tmpfs("/sync", "sync"), to: "mounts")
      config.append(tmpfs("/dirsync", "dirsync"), to: "mounts")
      config.append(tmpfs("/data", "size=1024k", "mode=1711", "uid=7", "gid=8", "nr_inodes=50"), to: "mounts")
      config.append(tmpfs("/plain", "async", "defaults", "silent", "loud", "remount", "nomand"), to: "mounts")
    }
    let output = try container.run("cat /proc/self/mountinfo; stat -c '%a %u:%g' /data").succeed()
    let table = try table(output)
    #expect(table["/sync"]?.superOptions.contains("sync") == true)
    #expect(table["/dirsync"]?.superOptions.contains("dirsync") == true)
    #expect(table["/plain"]?.superOptions.isDisjoint(with: ["sync", "dirsync"]) == true)
    #expect(table["/data"]?.superOptions.isSuperset(of: ["size=1024k", "nr_inodes=50"]) == true)
    #expect(output.lines.last == "1711 7:8")
  }

  /// A folder of the host with another file system below it.
  private func withNestedSource(_ body: (Container, String) throws -> Void) throws {
    let container = try Container()
    let source = container.scratch.path("source-" + container.id)
    try container.scratch.run(["/bin/mkdir", source]).succeed()
    try container.scratch.run(["/bin/mount", "-t", "tmpfs", "tmpfs", source]).succeed()
    try container.scratch.run(["/bin/mkdir", source + "/sub"]).succeed()
    try container.scratch.run(["/bin/mount", "-t", "tmpfs", "tmpfs", source + "/sub"]).succeed()
    defer { _ = try? container.scratch.run(["/bin/umount", "-R", source]) }
    try body(container, source)
  }

  private func bind(_ source: String, to target: String, _ options: String...) -> JSONValue {
    ["destination": .string(target), "source": .string(source), "options": .strings(options)]
  }

  @Test func recursiveAttributesReachWhatIsBelow() throws {
    try withNestedSource { container, source in
      try container.edit { config in
        for (option, opposite) in Self.attributes {
          config.append(bind(source, to: "/all-\(option)", "rbind", "r" + option), to: "mounts")
          config.append(bind(source, to: "/top-\(option)", "rbind", option), to: "mounts")
          config.append(
            bind(source, to: "/back-\(option)", "rbind", "r" + option, "r" + opposite), to: "mounts")
        }
        config.append(bind(source, to: "/strict", "rbind", "rstrictatime"), to: "mounts")
        config.append(bind(source, to: "/flat", "bind"), to: "mounts")
      }
      let table = try table(container.run("cat /proc/self/mountinfo"))
      for (option, _) in Self.attributes {
        let has = ["/all", "/top", "/back"].map { prefix in
          ["", "/sub"].map { table["\(prefix)-\(option)\($0)"]?.attributes.contains(option) }
        }
        #expect(has == [[true, true], [true, false], [false, false]], "\(option)")
      }
      #expect(table["/strict"]?.attributes == ["rw"] && table["/strict/sub"]?.attributes == ["rw"])
      #expect(table["/flat"] != nil && table["/flat/sub"] == nil)
    }
  }

  /// `rrw` makes writable below what the host has read-only.
  @Test func recursiveClearingUndoesTheHostsAttributes() throws {
    try withNestedSource { container, source in
      try container.scratch.run(["/bin/mount", "-o", "remount,bind,ro,nosuid", source + "/sub"]).succeed()
      try container.edit { config in
        config.append(bind(source, to: "/kept", "rbind"), to: "mounts")
        config.append(bind(source, to: "/cleared", "rbind", "rrw", "rsuid"), to: "mounts")
      }
      let table = try table(container.run("cat /proc/self/mountinfo"))
      #expect(table["/kept/sub"]?.attributes.isSuperset(of: ["ro", "nosuid"]) == true)
      #expect(table["/cleared/sub"]?.attributes.isDisjoint(with: ["ro", "nosuid"]) == true)
    }
  }

  static let propagations: [(option: String, peers: @Sendable ([String]) -> Bool)] = [
    ("shared", { $0.count == 1 && $0[0].hasPrefix("shared:") }), ("private", { $0.isEmpty }),
    ("slave", { $0.isEmpty }), ("unbindable", { $0 == ["unbindable"] }),
  ]

  /// A slave of nobody is private: there is no group that it could belong to.
  @Test func propagationIsTheOptions() throws {
    var mounts: [JSONValue] = []
    for (option, _) in Self.propagations {
      mounts += [tmpfs("/one-\(option)", option), tmpfs("/all-r\(option)", "r" + option)]
    }
    let table = try table(mounts)
    for (option, fits) in Self.propagations {
      #expect(fits(try #require(table["/one-\(option)"]).peers), "\(option)")
      #expect(fits(try #require(table["/all-r\(option)"]).peers), "r\(option)")
    }
  }

  @Test func propagationOfTheRootIsTheConfigs() throws {
    for (option, fits) in Self.propagations {
      for word in [option, "r" + option] {
        let table = try table([]) { $0["linux.rootfsPropagation"] = .string(word) }
        let peers = try #require(table["/"]).peers
        #expect(fits(peers) || option == "slave" && peers.allSatisfy { $0.hasPrefix("master:") }, "\(word): \(peers)")
      }
    }
  }

  @Test func temporaryFileSystemTakesOverTheImagesFiles() throws {
    let container = try Container { config in
      config.append(tmpfs("/copied", "tmpcopyup"), to: "mounts")
      config.append(tmpfs("/hidden"), to: "mounts")
    }
    let shell = """
      cd \(container.rootfs); mkdir -p copied/below hidden; echo text > copied/below/file; touch hidden/file
      chown 5:6 copied/below/file; chmod 4755 copied/below/file; ln -s below/file copied/link
      """
    try container.scratch.run(["/bin/sh", "-euc", shell]).succeed()
    let script = """
      stat -c '%a %u:%g' /copied/below/file; cat /copied/link; ls /hidden; touch /copied/new && rm /copied/below/file
      """
    #expect(try container.run(script).succeed().lines == ["4755 5:6", "text"])
    #expect(fileExists(container.rootfs + "/copied/below/file") && !fileExists(container.rootfs + "/copied/new"))
  }

  /// The ids of the files are others in the mount alone, and with `ridmap` in those below it.
  @Test func idsAreThoseOfTheMountsOwnMapping() throws {
    try withNestedSource { container, source in
      try container.scratch.run(
        ["/bin/sh", "-euc", "touch \(source)/f \(source)/sub/f; chown 3:4 \(source)/f \(source)/sub/f"]
      ).succeed()
      let mapping: JSONValue = [["containerID": 0, "hostID": 5000, "size": 10]]
      try container.edit { config in
        for (target, option) in [("/own", "idmap"), ("/all", "ridmap")] {
          var mount = bind(source, to: target, "rbind", option)
          mount["uidMappings"] = mapping
          mount["gidMappings"] = mapping
          config.append(mount, to: "mounts")
        }
        config.append(bind(source, to: "/plain", "rbind"), to: "mounts")
      }
      let script = "for m in own all plain; do stat -c '%u:%g' /$m/f /$m/sub/f; done"
      #expect(
        try container.run(script).succeed().lines
          == ["5003:5004", "3:4", "5003:5004", "5003:5004", "3:4", "3:4"])
    }
  }

  /// Without mappings of its own the mount takes the container's: what is root's on the disk is root's inside.
  @Test func idMappedMountTakesTheContainersMapping() throws {
    let container = try Container()
    let source = container.scratch.path("mapped-" + container.id)
    try container.scratch.run([
      "/bin/sh", "-euc", "mkdir \(source) \(container.rootfs)/mapped \(container.rootfs)/plain; touch \(source)/f",
    ]).succeed()
    try container.scratch.run([
      "/bin/chown", "-R", "100000:100000", container.rootfs,
    ]).succeed()
    try container.scratch.run(["/bin/chmod", "0755", container.scratch.directory, container.bundle]).succeed()
    try container.edit { config in
      let mapping: JSONValue = [["containerID": 0, "hostID": 100_000, "size": 65536]]
      config.append(["type": "user"], to: "linux.namespaces")
      config["linux.uidMappings"] = mapping
      config["linux.gidMappings"] = mapping
      config.append(bind(source, to: "/mapped", "bind", "idmap"), to: "mounts")
      config.append(bind(source, to: "/plain", "bind"), to: "mounts")
    }
    let script = "stat -c '%u:%g' /mapped/f /plain/f; touch /mapped/new"
    #expect(try container.run(script).succeed().lines == ["0:0", "65534:65534"])
    #expect(try container.scratch.run(["/bin/stat", "-c", "%u:%g", source + "/new"]).succeed().stdout == "0:0\n")
  }

  /// The same where the source is a mount of the container's own, which only its process can find, and which only the
  /// runtime may map.
  @Test(.root("maps ids"), arguments: ["idmap", "ridmap"])
  func aMountOfTheContainerIsMappedInItsUserNamespace(option: String) throws {
    try withNestedSource { container, source in
      try container.scratch.run([
        "/bin/sh", "-euc",
        """
        mkdir \(container.rootfs)/outer \(container.rootfs)/mapped; touch \(source)/f \(source)/sub/f
        chown -R 100000:100000 \(container.rootfs); chmod 0755 \(container.scratch.directory) \(container.bundle)
        """,
      ]).succeed()
      try container.edit { config in
        let mapping: JSONValue = [["containerID": 0, "hostID": 100_000, "size": 65536]]
        config.append(["type": "user"], to: "linux.namespaces")
        config["linux.uidMappings"] = mapping
        config["linux.gidMappings"] = mapping
        config.append(bind(source, to: "/outer", "rbind"), to: "mounts")
        config.append(bind(container.rootfs + "/outer", to: "/mapped", "rbind", option), to: "mounts")
      }
      let script = "stat -c '%u:%g' /outer/f /mapped/f /mapped/sub/f"
      #expect(
        try container.run(script).succeed().lines
          == ["65534:65534", "0:0", option == "ridmap" ? "0:0" : "65534:65534"])
    }
  }

  /// A mount of the container as the source: only the runtime may map its ids where the container has users of its own.
  @Test(arguments: [true, false])
  func idsOfTheContainersOwnMountsAreMapped(hasOwnUsers: Bool) throws {
    try withNestedSource { container, source in
      let shell = """
        touch \(source)/f \(source)/sub/f; chown 3:4 \(source)/f \(source)/sub/f
        cd \(container.rootfs); mkdir given own all; chmod 0755 \(container.scratch.directory) \(container.bundle)
        [ \(hasOwnUsers) = false ] || chown -R 100000:100000 .
        """
      try container.scratch.run(["/bin/sh", "-euc", shell]).succeed()
      let mapping: JSONValue = [["containerID": 0, "hostID": 100_000, "size": 65536]]
      try container.edit { config in
        if hasOwnUsers {
          config.append(["type": "user"], to: "linux.namespaces")
          config["linux.uidMappings"] = mapping
          config["linux.gidMappings"] = mapping
        }
        config.append(bind(source, to: "/given", "rbind"), to: "mounts")
        for (target, option) in [("/own", "idmap"), ("/all", "ridmap")] {
          var mount = bind(container.rootfs + "/given", to: target, "rbind", option)
          mount["uidMappings"] = mapping
          mount["gidMappings"] = mapping
          config.append(mount, to: "mounts")
        }
      }
      let (given, mapped) = hasOwnUsers ? ("65534:65534", "3:4") : ("3:4", "100003:100004")
      let script = "for m in given own all; do stat -c '%u:%g' /$m/f /$m/sub/f; done"
      #expect(
        try container.run(script).succeed().lines == [given, given, mapped, given, mapped, mapped])
    }
  }

  /// What the kernel does not allow is told with the mount that it is about.
  @Test func idsAreMappedOnce() throws {
    let container = try Container()
    let source = container.scratch.path("mapped-" + container.id)
    let shell = """
      mkdir \(source) \(container.rootfs)/given \(container.rootfs)/again
      chown -R 100000:100000 \(container.rootfs); chmod 0755 \(container.scratch.directory) \(container.bundle)
      """
    try container.scratch.run(["/bin/sh", "-euc", shell]).succeed()
    try container.edit { config in
      let mapping: JSONValue = [["containerID": 0, "hostID": 100_000, "size": 65536]]
      config.append(["type": "user"], to: "linux.namespaces")
      config["linux.uidMappings"] = mapping
      config["linux.gidMappings"] = mapping
      config.append(bind(source, to: "/given", "bind", "idmap"), to: "mounts")
      config.append(bind(container.rootfs + "/given", to: "/again", "bind", "idmap"), to: "mounts")
    }
    try container.expectRefusal(
      saying: "error mounting \"/given\" to rootfs at \"/again\": ", "operation not permitted",
      "can be mapped once")
  }

  /// What the host's mount forbids, a container with users of its own may leave as it is, but not take back by a word;
  /// without users of its own the config has the last word.
  @Test(arguments: [
    ("ro,nodev,nosuid,noexec,noatime", "bind", true), ("nodev,noatime", "bind,ro,exec", true),
    ("ro", "bind,nosuid", true), ("nodiratime", "bind,diratime", true),
    ("ro", "bind,rw", false), ("nosuid", "bind,suid", false), ("nodev", "bind,dev", false),
    ("noexec", "bind,exec", false), ("noatime", "bind,relatime", false), ("relatime", "bind,noatime", false),
    ("strictatime", "bind,nodiratime", false),
  ])
  func restrictionsOfTheHostAreKept(host: String, options: String, isAllowed: Bool) throws {
    let container = try Container()
    let source = container.scratch.path("restricted-" + container.id)
    let shell = """
      mkdir \(source); mount -t tmpfs tmpfs \(source); mount -o remount,bind,\(host) \(source)
      chown -R 100000:100000 \(container.rootfs); chmod 0755 \(container.scratch.directory) \(container.bundle)
      """
    try container.scratch.run(["/bin/sh", "-euc", shell]).succeed()
    defer { _ = try? container.scratch.run(["/bin/umount", source]) }
    var mount = bind(source, to: "/restricted")
    mount["options"] = .strings(options.split(separator: ",").map { String($0) })
    try container.edit { $0.append(mount, to: "mounts") }
    try container.run("true").succeed()
    try container.edit { config in
      let mapping: JSONValue = [["containerID": 0, "hostID": 100_000, "size": 65536]]
      config.append(["type": "user"], to: "linux.namespaces")
      config["linux.uidMappings"] = mapping
      config["linux.gidMappings"] = mapping
    }
    if isAllowed {
      let kept = Set(host.split(separator: ",").map { String($0) })
      let table = try table(container.run("cat /proc/self/mountinfo"))
      #expect(table["/restricted"]?.attributes.isSuperset(of: kept) == true)
    } else {
      let refused = try container.scratch.run(container.words("run"))
      // The mount of the source is still there.
      try container.expectRefusal(
        of: refused,
        saying: "unable to start container process: error during container init: error mounting \"\(source)\" to "
          + "rootfs at \"/restricted\": ", "operation not permitted", "leave their opposites out", leavesNothing: false)
      #expect(try container.scratch.remains(of: container.id).isEmpty)
    }
  }

  @Test func fileIsBoundOnAFile() throws {
    let container = try Container()
    let source = container.scratch.path("file-" + container.id)
    try Data("from the host".utf8).write(to: URL(filePath: source))
    try container.edit { $0.append(bind(source, to: "/etc/deep/file", "bind", "ro"), to: "mounts") }
    #expect(
      try container.run("cat /etc/deep/file; echo x > /etc/deep/file || echo refused").succeed().stdout
        .hasPrefix("from the hostrefused"))
  }
}
