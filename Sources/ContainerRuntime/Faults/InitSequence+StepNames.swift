extension InitSequence {
  /// A name for each step that no other step of the sequence has: the second `rlimit.RLIMIT_CORE` is
  /// `rlimit.RLIMIT_CORE#2`.
  var stepNames: [String] {
    var count: [String: Int] = [:]
    return steps.map { step in
      let name = step.name
      let number = (count[name] ?? 0) + 1
      count[name] = number
      return number == 1 ? name : "\(name)#\(number)"
    }
  }
}
