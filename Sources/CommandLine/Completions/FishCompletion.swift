/// The script for fish.
struct FishCompletion {
  let program: String

  private var name: String { "__" + CompletionScript.identifier(program) }
  private var quotedProgram: String { CompletionScript.quote(program) }

  var text: String {
    functions + "\ncomplete -c \(quotedProgram) -f\n" + globals + commands
  }

  private var functions: String {
    """
    # fish completion for \(program), written by `\(program) completion fish`.

    function \(name)_takes_value --description 'Whether the next word belongs to the option: COMMAND OPTION'
        switch "$argv"
    \(ownWithoutValue)        case \(valuePatterns)
                return 0
        end
        return 1
    end

    function \(name)_line --description 'Print the command on the line, then how many words follow it'
        set -l command ''
        set -l count 0
        set -l skip 0
        for word in (commandline -opc)[2..-1]
            if test $skip -eq 1
                set skip 0
                continue
            end
            switch $word
                case '-*'
                    \(name)_takes_value "$command" $word; and set skip 1
                case '*'
                    if test -z "$command"
                        set command $word
                    else
                        set count (math $count + 1)
                    end
            end
        end
        printf '%s\\n' "$command" $count
    end

    function \(name)_at --description 'Whether the command is on the line, with so many words: COMMAND [COUNT]'
        set -l line (\(name)_line)
        test "$line[1]" = "$argv[1]"; or return 1
        test (count $argv) -eq 1; or test "$line[2]" = "$argv[2]"
    end

    function \(name)_containers --description 'Print the ids of the containers'
        set -l words (commandline -opc)
        set -l root
        if set -l index (contains -i -- --root $words)
            set root --root $words[(math $index + 1)]
        end
        command $words[1] $root list --quiet 2>/dev/null
    end

    """
  }

  /// A command's option that is on or off while the global one of its name has a value.
  private var ownWithoutValue: String {
    let patterns = Command.allCases.flatMap { command in
      command.definition.options.list.filter { own in
        !own.takesValue && GlobalOptions.options.list.contains { $0.long == own.long && $0.takesValue }
      }.map { "'\(command.name) --\($0.long)'" }
    }
    return patterns.isEmpty ? "" : "        case \(patterns.joined(separator: " "))\n            return 1\n"
  }

  private var valuePatterns: String {
    let global = GlobalOptions.options.list.filter { $0.takesValue }.flatMap { option in
      option.definition.spellings.map { "'* \($0)'" }
    }
    let own = Command.allCases.flatMap { command in
      command.definition.options.list.filter { $0.takesValue }.flatMap { option in
        option.definition.spellings.map { "'\(command.name) \($0)'" }
      }
    }
    return (global + own).joined(separator: " ")
  }

  private var globals: String {
    GlobalOptions.options.list.map { option in
      let owners = Command.allCases.filter { command in
        command.definition.options.list.contains { $0.long == option.long }
      }
      let condition = owners.map { "not \(name)_at \($0.name)" }.joined(separator: "; and ")
      return line(option, condition: condition.isEmpty ? nil : condition)
    }.joined() + GlobalOptions.leadingOptions.list.map { line($0, condition: "\(name)_at ''") }.joined()
  }

  private var commands: String {
    var text = ""
    for (command, summary) in Command.allCases.map({ ($0.name, $0.manual.summary) })
      + [("help", "show help on a command")]
    {
      for condition in ["\(name)_at ''", "\(name)_at help 0"] where condition.hasSuffix("''") || command != "help" {
        text += complete(condition, "-a \(command) -d \(CompletionScript.quote(summary))")
      }
    }
    for command in Command.allCases {
      text += "\n# \(command.name)\n"
      text += command.definition.options.list.map { line($0, condition: "\(name)_at \(command.name)") }.joined()
      for (place, argument) in command.definition.arguments.list.enumerated() {
        if let words = words(for: argument.kind) {
          text += complete("\(name)_at \(command.name) \(place)", "-a \(CompletionScript.quote(words))")
        }
      }
    }
    return text
  }

  private func line(_ option: OptionIdentifier, condition: String?) -> String {
    var words = option.short.map { "-s \($0) " } ?? ""
    words += "-l \(option.long)"
    if option.takesValue {
      switch option.definition.completion {
      case .nothing: words += " -x"
      case .file: words += " -r -F"
      case .folder: words += " -x -a '(__fish_complete_directories)'"
      case .choice(let choices): words += " -x -a \(CompletionScript.quote(choices.joined(separator: " ")))"
      }
    }
    return complete(condition, words + " -d \(CompletionScript.quote(CompletionScript.brief(option)))")
  }

  private func complete(_ condition: String?, _ rest: String) -> String {
    let when = condition.map { "-n \"\($0)\" " } ?? ""
    return "complete -c \(quotedProgram) \(when)\(rest)\n"
  }

  private func words(for kind: ArgumentDefinition.Kind) -> String? {
    switch kind {
    case .existingContainer: "(\(name)_containers)"
    case .signal: CompletionScript.signals.joined(separator: " ")
    case .shell: Shell.allCases.map { $0.rawValue }.joined(separator: " ")
    case .newContainer, .other: nil
    }
  }
}
