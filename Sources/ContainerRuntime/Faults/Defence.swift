internal import Kernel

/// The defences that a fault build can be told to do without, by name: `APUS_DEFENCE_OFF=seal`, several with a space
/// between. The test of a defence makes its attack twice, on the shipped binary and with the defence off, where it must
/// succeed: so it is known to be an attack, and the defence to be what stops it. `docs/security.md` says what each is for.
/// In the shipped binary all of them are on, and nothing asks for the variable.
enum Defence: String, CaseIterable {
  case bootIdentity = "boot-identity"
  case boundingSet = "bounding-set"
  case consoleInPlace = "console-in-place"
  case deviceInPlace = "device-in-place"
  case deviceRules = "device-rules"
  case execCapabilities = "exec-capabilities"
  case foreignDescriptors = "foreign-descriptors"
  case hookEnvironment = "hook-environment"
  case idSyntax = "id-syntax"
  case inheritedState = "inherited-state"
  case isolatedMounts = "isolated-mounts"
  case keyring = "keyring"
  case lateFilter = "late-filter"
  case namespaceIdentity = "namespace-identity"
  case newPrivileges = "new-privileges"
  case newSession = "new-session"
  case notDumpable = "not-dumpable"
  case nothingOverProc = "nothing-over-proc"
  case nullDevice = "null-device"
  case parentDeath = "parent-death"
  case pathsInRoot = "paths-in-root"
  case plainProc = "plain-proc"
  case privateState = "private-state"
  case processIdentity = "process-identity"
  case procfsOnProc = "procfs-on-proc"
  case programPath = "program-path"
  case rootWithoutLinks = "root-without-links"
  case seal = "seal"
  case stateLinks = "state-links"
  case storeOwner = "store-owner"
  case supplementaryGroups = "supplementary-groups"
  case sysctlNamespaces = "sysctl-namespaces"
  case thawAtKill = "thaw-at-kill"
  case userSyntax = "user-syntax"
  case workingFolder = "working-folder"

  #if APUS_FAULTS
    var isOn: Bool {
      guard let names = StartOfProgram.variable("APUS_DEFENCE_OFF") else { return true }
      return !names.split(separator: " ").contains { $0 == rawValue }
    }
  #else
    @inline(__always)
    var isOn: Bool { true }
  #endif
}

#if APUS_FAULTS
  /// `apus debug defences`: their names, for a test that none is without an attack.
  package let defenceNames = Defence.allCases.map(\.rawValue)
#endif
