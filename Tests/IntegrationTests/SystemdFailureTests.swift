import Foundation
import Testing

/// What becomes of a container when its systemd is not there, refuses, is silent or dies: the other side is a program
/// that does so. Nothing may be left, and the words of the other side reach the user.
@Suite(.scratch) struct SystemdFailureTests {
  func create(
    _ container: Container, against behaviour: String, patience: Int = 500
  ) throws -> Output {
    let scratch = container.scratch
    try scratch.run(["/bin/mkdir", "-p", "/run/systemd/system"]).succeed()
    let socket = scratch.path("bus-" + container.id)
    let peer = try PythonHelper(SystemdFailureTests.peer, socket, behaviour, in: scratch)
    defer { peer.command.signal(9) }
    return try scratch.start(
      Systemd.words(container, "create"),
      environment: [
        "DBUS_SYSTEM_BUS_ADDRESS=unix:path=\(socket)", "APUS_SYSTEMD_PATIENCE=\(patience)",
      ]
    ).wait()
  }

  struct Failure: Sendable {
    let behaviour: String
    let phrases: [String]
  }

  static let failures = [
    Failure(
      behaviour: "refuse",
      phrases: [
        ".scope: not today (org.freedesktop.DBus.Error.AccessDenied)", "hint: only root may ask the host's systemd",
      ]),
    Failure(
      behaviour: "exists",
      phrases: [".scope: it is there (org.freedesktop.systemd1.UnitExists)", "hint: a unit of that name is there"]),
    Failure(
      behaviour: "silent", phrases: [".scope: no answer to StartTransientUnit within 500 ms", "hint: see systemctl"]),
    Failure(behaviour: "no-job", phrases: [".scope: no answer to the signal JobRemoved within 500 ms"]),
    Failure(behaviour: "die", phrases: [".scope: the connection ended without an answer to StartTransientUnit"]),
    Failure(
      behaviour: "die-later", phrases: [".scope: the connection ended without an answer to the signal JobRemoved"]),
    Failure(behaviour: "nonsense", phrases: [".scope: a message is malformed: its byte order is not little-endian"]),
    Failure(
      behaviour: "failed",
      phrases: [".scope: its job ended with the result \"failed\"", "hint: see systemctl status runc-"]),
    Failure(
      behaviour: "silent-at-once", phrases: ["connect to the host's systemd: ", "no answer to Hello within 500 ms"]),
    Failure(
      behaviour: "rejected", phrases: ["connect to the host's systemd: ", "the authentication was refused: REJECTED"]),
  ]

  @Test(arguments: failures.indices) func nothingIsLeft(_ index: Int) throws {
    let failure = SystemdFailureTests.failures[index]
    let container = try Container()
    let output = try create(container, against: failure.behaviour)
    try container.expectRefusal(of: output, saying: "apus: create \"\(container.id)\": systemd: ")
    for phrase in failure.phrases { #expect(output.stderr.contains(phrase), "\(output.stderr)") }
  }

  /// Without a record its scope is all that leads to the processes: they are not left behind unsaid.
  @Test func forcedDeleteIsNotBlind() throws {
    let container = try Container {
      $0["linux.cgroupsPath"] = .string("system.slice:apus:\(UInt32.random(in: 0...9999))")
    }
    let scratch = container.scratch
    try container.runDetached()
    let pid = try container.pid
    try Data().write(to: URL(filePath: container.stateFile))
    let stage = "mkdir -p /run/systemd && mount -t tmpfs tmpfs /run/systemd && mkdir /run/systemd/system"
    try scratch.run(["/bin/sh", "-euc", stage]).succeed()
    let output = try scratch.start(
      container.words("delete", ["--force"]), environment: ["DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere"]
    ).wait()
    try container.expectRefusal(
      of: output, saying: "systemd: connect to the host's systemd: /nowhere", leavesNothing: false)
    #expect(fileExists("/proc/\(pid)") && fileExists(container.stateFolder))
    try scratch.run(["/bin/umount", "/run/systemd"]).succeed()
    try container.delete("--force").succeed()
    #expect(eventually { !fileExists("/proc/\(pid)") })
    #expect(try scratch.remains(of: container.id).isEmpty)
  }

  @Test func withoutSystemd() throws {
    let container = try Container()
    // A place without a systemd, whatever the machine has.
    try container.scratch.run(["/bin/mount", "-t", "tmpfs", "tmpfs", "/run"]).succeed()
    let output = try container.scratch.run(Systemd.words(container, "create"))
    try container.scratch.run(["/bin/umount", "/run"]).succeed()
    try container.expectRefusal(
      of: output,
      saying: "systemd cgroup flag passed, but systemd support for managing cgroups is not available",
      "hint: /run/systemd/system is not there")
  }

  @Test func nobodyListens() throws {
    let container = try Container()
    let scratch = container.scratch
    try scratch.run(["/bin/mkdir", "-p", "/run/systemd/system"]).succeed()
    let output = try scratch.start(
      Systemd.words(container, "create"), environment: ["DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere"]
    ).wait()
    try container.expectRefusal(
      of: output,
      saying: "systemd: connect to the host's systemd: /nowhere: connect /nowhere: no such file or directory",
      "hint: start systemd's private socket or the system bus, or leave --systemd-cgroup away")
  }

  @Test(arguments: ["/a/b", "a:b:c", "a.slice:b"]) func placeThatIsNone(_ path: String) throws {
    let container = try Container { $0["linux.cgroupsPath"] = .string(path) }
    let output = try create(container, against: "refuse")
    try container.expectRefusal(of: output, saying: "config.json.linux.cgroupsPath: ")
  }

  /// Speaks as much D-Bus as it takes, and behaves as it is told at StartTransientUnit.
  private static let peer = #"""
    import os, socket, struct, sys, threading, time
    path, behaviour = sys.argv[1:3]
    def text(value): return struct.pack("<I", len(value)) + value.encode() + b"\0"
    def pad(data, size): return data + b"\0" * (-len(data) % size)
    def message(kind, fields, signature, body, serial=[0]):
        serial[0] += 1
        if signature: fields = fields + [(8, "g", signature)]
        packed = b""
        for code, type, value in fields:
            packed = pad(packed, 8) + bytes([code, 1]) + type.encode() + b"\0"
            if type == "u": packed += struct.pack("<I", value)
            elif type == "g": packed += bytes([len(value)]) + value.encode() + b"\0"
            else: packed += text(value)
        head = b"l" + bytes([kind, 0, 1]) + struct.pack("<III", len(body), serial[0], len(packed)) + packed
        return pad(head, 8) + body
    def fields_of(data, length):
        found, at = {}, 16
        while at < 16 + length:
            at += -at % 8
            code, type = data[at], data[at + 2:at + 3]
            at += 4
            if type == b"g":
                size = data[at]; at += 1
            elif type == b"u":
                found[code] = struct.unpack_from("<I", data, at)[0]; at += 4
                continue
            else:
                size = struct.unpack_from("<I", data, at)[0]; at += 4
            found[code] = data[at:at + size].decode(); at += size + 1
        return found
    def serve(peer):
        data = b""
        def more():
            nonlocal data
            part = peer.recv(65536)
            if not part: raise EOFError
            data += part
        while b"BEGIN\r\n" not in data: more()
        data = data.split(b"BEGIN\r\n", 1)[1]
        if behaviour == "rejected": return peer.sendall(b"REJECTED EXTERNAL\r\n")
        peer.sendall(b"DATA\r\nOK 0123\r\n")
        while True:
            while len(data) < 16: more()
            body, serial, length = struct.unpack_from("<III", data, 4)
            size = 16 + length + -length % 8 + body
            while len(data) < size: more()
            fields, content, data = fields_of(data, length), data[size - body:size], data[size:]
            sender = lambda name: [(7, "s", name)] if behaviour == "forged" else []
            def answer(signature="", body=b""):
                peer.sendall(message(2, [(5, "u", serial)] + sender(":1.5"), signature, body))
            def refuse(name, words): peer.sendall(message(3, [(5, "u", serial), (4, "s", name)], "s", text(words)))
            member = fields[3]
            if behaviour == "silent-at-once": continue
            if member == "Hello": answer("s", text(":1.1"))
            elif member == "Get": answer("v", b"\1s\0\0" + text("252" if b"Version" in content else ""))
            elif member in ("AddMatch", "Subscribe"): answer()
            elif member != "StartTransientUnit": refuse("org.freedesktop.systemd1.NoSuchUnit", "no such unit")
            elif behaviour == "refuse": refuse("org.freedesktop.DBus.Error.AccessDenied", "not today")
            elif behaviour == "exists": refuse("org.freedesktop.systemd1.UnitExists", "it is there")
            elif behaviour == "die": os._exit(0)
            elif behaviour == "nonsense": peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            elif behaviour in ("no-job", "die-later", "failed", "forged"):
                job = "/org/freedesktop/systemd1/job/7"
                answer("o", text(job))
                if behaviour == "die-later": time.sleep(0.05); os._exit(0)
                if behaviour in ("failed", "forged"):
                    body = pad(struct.pack("<I", 7) + text(job), 4)
                    body = pad(body + text("x.scope"), 4) + text("failed")
                    peer.sendall(
                        message(4, [(1, "o", "/org/freedesktop/systemd1"), (2, "s", "org.freedesktop.systemd1.Manager"),
                                    (3, "s", "JobRemoved")] + sender(":1.66"), "uoss", body))
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(8)
    print("ready", flush=True)
    def safely(peer):
        try: serve(peer)
        except (EOFError, OSError): pass
    while True:
        threading.Thread(target=safely, args=(server.accept()[0],), daemon=True).start()
    """#
}
