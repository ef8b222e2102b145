/// The defences that a fault build can be told to do without, by name: `APUS_DEFENCE_OFF=seal`, several with a space
/// between. The test of a defence makes its attack twice, on the shipped binary and with the defence off, where it must
/// succeed: so it is known to be an attack, and the defence to be what stops it. `docs/security.md` says what each is for.
/// In the shipped binary all of them are on, and nothing asks for the variable.
package enum Defence: String, CaseIterable {
  case blockingFiles = "blocking-files"
  case bootIdentity = "boot-identity"
  case boundedReport = "bounded-report"
  case boundingSet = "bounding-set"
  case callerPatience = "caller-patience"
  case configLimits = "config-limits"
  case consoleInPlace = "console-in-place"
  case copyUpLinks = "copy-up-links"
  case deviceInPlace = "device-in-place"
  case deviceList = "device-list"
  case deviceRules = "device-rules"
  case escapedText = "escaped-text"
  case everyHierarchy = "every-hierarchy"
  case exclusiveID = "exclusive-id"
  case execCapabilities = "exec-capabilities"
  case execAtTheEnd = "exec-at-the-end"
  case execConfinement = "exec-confinement"
  case filterOrNothing = "filter-or-nothing"
  case forcedSearch = "forced-search"
  case foreignCgroups = "foreign-cgroups"
  case foreignDescriptors = "foreign-descriptors"
  case helperPaths = "helper-paths"
  case hookEnvironment = "hook-environment"
  case idMappedMounts = "id-mapped-mounts"
  case idMaps = "id-maps"
  case idSyntax = "id-syntax"
  case imagesOutside = "images-outside"
  case inheritedState = "inherited-state"
  case isolatedMounts = "isolated-mounts"
  case kernelAnswers = "kernel-answers"
  case keyring = "keyring"
  case keyringName = "keyring-name"
  case labels = "labels"
  case lateFilter = "late-filter"
  case lexicalPaths = "lexical-paths"
  case liveness = "liveness"
  case lock = "lock"
  case movedRoot = "moved-root"
  case namesAndOffsets = "names-and-offsets"
  case namespaceIdentity = "namespace-identity"
  case nestedCgroups = "nested-cgroups"
  case networkDevices = "network-devices"
  case newPrivileges = "new-privileges"
  case newSession = "new-session"
  case notDumpable = "not-dumpable"
  case nothingOverProc = "nothing-over-proc"
  case notifyWords = "notify-words"
  case nullDevice = "null-device"
  case orphans = "orphans"
  case ownEnvironment = "own-environment"
  case parentDeath = "parent-death"
  case pathsInRoot = "paths-in-root"
  case pausedExec = "paused-exec"
  case pidFile = "pid-file"
  case plainProc = "plain-proc"
  case privateState = "private-state"
  case processIdentity = "process-identity"
  case procfsOnProc = "procfs-on-proc"
  case programPath = "program-path"
  case recordFirst = "record-first"
  case resourceControl = "resource-control"
  case resourceLimits = "resource-limits"
  case rollback = "rollback"
  case rootWithoutLinks = "root-without-links"
  case seal = "seal"
  case shortageTold = "shortage-told"
  case signalSender = "signal-sender"
  case signalSyntax = "signal-syntax"
  case stateLinks = "state-links"
  case storeOwner = "store-owner"
  case storedConfig = "stored-config"
  case supplementaryGroups = "supplementary-groups"
  case sysctlNamespaces = "sysctl-namespaces"
  case thawAtKill = "thaw-at-kill"
  case unifiedKeys = "unified-keys"
  case userSyntax = "user-syntax"
  case wayBack = "way-back"
  case workingFolder = "working-folder"

  #if APUS_FAULTS
    package var isOn: Bool {
      guard let names = StartOfProgram.variable("APUS_DEFENCE_OFF") else { return true }
      return !names.split(separator: " ").contains { $0 == rawValue }
    }
  #else
    @inlinable package var isOn: Bool { true }
  #endif
}

#if APUS_FAULTS
  /// `apus debug defences`: their names, for a test that none is without an attack.
  package let defenceNames = Defence.allCases.map { $0.rawValue }
#endif
