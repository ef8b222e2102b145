/// The script for zsh, to be put in a folder of `fpath` or to be sourced.
struct ZshCompletion {
  let program: String

  private var name: String { "_" + CompletionScript.identifier(program) }

  var text: String {
    """
    #compdef \(program)
    # zsh completion for \(program), written by `\(program) completion zsh`.

    \(name)_containers() {
      local -a root ids
      [[ -z $container_root ]] || root=(--root ${(Q)container_root})
      ids=(${(f)"$(_call_program containers $program_word $root list --quiet 2>/dev/null)"})
      compadd -a ids
    }

    \(name)() {
      local curcontext=$curcontext state line container_root program_word=$words[1] ret=1
      local -a commands globals
      typeset -A opt_args
      globals=(
    \(specifications(GlobalOptions.options.list, indent: 4))  )
      commands=(
    \(commandDescriptions)  )
      _arguments -C -A '-*' $globals \\
    \(specifications(GlobalOptions.leadingOptions.list, indent: 4, continues: true))    '1:command:->command' \\
        '*::argument:->argument' && ret=0
      container_root=$opt_args[--root]
      case $state in
        command) _describe -t commands command commands && ret=0 ;;
        argument)
          curcontext=${curcontext%:*:*}:\(program)-$words[1]:
          case $words[1] in
            help) _describe -t commands command commands && ret=0 ;;
    \(commandCases)      esac
          ;;
      esac
      return ret
    }

    if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
      \(name) "$@"
    else
      compdef \(name) \(program)
    fi

    """
  }

  private var commandDescriptions: String {
    let lines = Command.allCases.map { "\($0.name):\($0.manual.summary)" } + ["help:show help on a command"]
    return lines.map { "    \(CompletionScript.quote($0))\n" }.joined()
  }

  private var commandCases: String {
    Command.allCases.map { command in
      let definition = command.definition
      let own = definition.options.list.map { $0.long }
      let hidden = GlobalOptions.options.list.map { $0.long }.filter(own.contains)
      let globals = hidden.isEmpty ? "$globals" : "${globals:#--\(hidden.joined(separator: "|--"))*}"
      let stop = definition.optionsEndAtFirstArgument ? "-A '-*' " : ""
      var text = "        \(command.name))\n          _arguments \(stop)\(globals) \\\n"
      text += specifications(definition.options.list, indent: 12, continues: true)
      for (place, argument) in definition.arguments.list.enumerated() {
        text += "            \(specification(argument, place: place + 1)) \\\n"
      }
      return text + "            && ret=0\n          ;;\n"
    }.joined()
  }

  private func specifications(_ options: [OptionIdentifier], indent: Int, continues: Bool = false) -> String {
    let margin = String(repeating: " ", count: indent)
    return options.map { margin + specification($0) + (continues ? " \\\n" : "\n") }.joined()
  }

  /// `'(-b --bundle)'{-b,--bundle=}'[Use this folder]:folder:_files -/'`.
  private func specification(_ option: OptionIdentifier) -> String {
    let definition = option.definition
    let equals = option.takesValue ? "=" : ""
    var tail = "[" + Self.escape(CompletionScript.brief(option), "[]") + "]"
    if let placeholder = definition.placeholder {
      tail += ":\(Self.escape(placeholder, ":")):\(action(definition.completion))"
    }
    guard let short = option.short else {
      let star = option.isRepeatable ? "*" : ""
      return CompletionScript.quote("\(star)--\(option.long)\(equals)\(tail)")
    }
    let front = option.isRepeatable ? "'*'" : "'(-\(short) --\(option.long))'"
    return "\(front){-\(short),--\(option.long)\(equals)}\(CompletionScript.quote(tail))"
  }

  private func action(_ completion: OptionDefinition.Completion) -> String {
    switch completion {
    case .nothing: " "
    case .file: "_files"
    case .folder: "_files -/"
    case .choice(let words): "(\(words.joined(separator: " ")))"
    }
  }

  private func specification(_ argument: ArgumentDefinition, place: Int) -> String {
    let action =
      switch argument.kind {
      case .existingContainer: name + "_containers"
      case .signal: "(\(CompletionScript.signals.joined(separator: " ")))"
      case .shell: "(\(Shell.allCases.map { $0.rawValue }.joined(separator: " ")))"
      case .newContainer, .other: " "
      }
    let front =
      switch argument.count {
      case .one: "\(place):"
      case .optional: "\(place)::"
      case .any: "*:"
      }
    return CompletionScript.quote("\(front)\(argument.name):\(action)")
  }

  private static func escape(_ text: String, _ special: String) -> String {
    text.reduce(into: "") { $0 += special.contains($1) || $1 == "\\" ? "\\\($1)" : String($1) }
  }
}
