/// The script for bash 4 and later. It needs no helper of the bash-completion package.
struct BashCompletion {
  let program: String

  private var name: String { "_" + CompletionScript.identifier(program) }

  var text: String {
    """
    # bash completion for \(program), written by `\(program) completion bash`.

    # COMMAND OPTION: sets `value` to what the option's value is; empty for an option without one.
    \(name)_value() {
      value=
      case "$1 $2" in
    \(valueCases)  esac
    }

    # COMMAND: sets `options` to the options that may follow.
    \(name)_options() {
      case $1 in
    \(optionCases)  esac
    }

    # COMMAND COUNT: sets `value` to what the command's next word is, COUNT words being there.
    \(name)_argument() {
      value=
      case "$1 $2" in
    \(argumentCases)  esac
    }

    \(driver)
    """
  }

  // MARK: - Tables

  private var valueCases: String {
    var cases = ""
    for command in Command.allCases {
      for option in command.definition.options.list {
        cases += valueCase(option, pattern: { "\"\(command.name) \($0)\"" }, always: option.hidesGlobal)
      }
    }
    for option in GlobalOptions.options.list {
      cases += valueCase(option, pattern: { "*\" \($0)\"" }, always: false)
    }
    return cases
  }

  private func valueCase(
    _ option: OptionIdentifier, pattern: (String) -> String, always: Bool
  ) -> String {
    guard option.takesValue || always else { return "" }
    let value = option.takesValue ? Self.word(for: option.definition.completion) : "''"
    return "    \(option.definition.spellings.map(pattern).joined(separator: " | "))) value=\(value) ;;\n"
  }

  private static func word(for completion: OptionDefinition.Completion) -> String {
    switch completion {
    case .nothing: "nothing"
    case .file: "file"
    case .folder: "folder"
    case .choice(let words): CompletionScript.quote("words " + words.joined(separator: " "))
    }
  }

  private var optionCases: String {
    var cases = ""
    let leading = GlobalOptions.options.list + GlobalOptions.leadingOptions.list
    cases += "    '') options=\(Self.list(leading)) ;;\n"
    for command in Command.allCases {
      let options = command.definition.options.list + CompletionScript.globals(besides: command)
      cases += "    \(command.name)) options=\(Self.list(options)) ;;\n"
    }
    return cases
  }

  private static func list(_ options: [OptionIdentifier]) -> String {
    CompletionScript.quote(options.flatMap { $0.definition.spellings }.joined(separator: " "))
  }

  private var argumentCases: String {
    let names = Command.allCases.map { $0.name }.joined(separator: " ")
    var cases = "    ' 0') value='words \(names) help' ;;\n    'help 0') value='words \(names)' ;;\n"
    for command in Command.allCases {
      for (place, argument) in command.definition.arguments.list.enumerated() {
        guard let value = Self.word(for: argument.kind) else { continue }
        cases += "    '\(command.name) \(place)') value=\(value) ;;\n"
      }
    }
    return cases
  }

  private static func word(for kind: ArgumentDefinition.Kind) -> String? {
    switch kind {
    case .existingContainer: "container"
    case .signal: CompletionScript.quote("words " + CompletionScript.signals.joined(separator: " "))
    case .shell: CompletionScript.quote("words " + Shell.allCases.map { $0.rawValue }.joined(separator: " "))
    case .newContainer, .other: nil
    }
  }

  // MARK: - The function that bash calls

  private var driver: String {
    let verbatim = Command.allCases.filter { $0.definition.optionsEndAtFirstArgument }.map { $0.name }
    return """
      \(name)() {
        local current=${COMP_WORDS[COMP_CWORD]} command='' count=0 pending='' root=() ended='' value='' options='' word i
        COMPREPLY=()
        for ((i = 1; i < COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          if [[ $word == = ]]; then
            # bash cuts --name=value into three words
            [[ -n $pending ]] || ((i++))
          elif [[ -n $pending ]]; then
            [[ $pending != --root ]] || root=(--root "$word")
            pending=''
          elif [[ -n $ended || $word != -?* ]]; then
            if [[ -z $command ]]; then
              command=$word
            else
              ((count++))
              case $command in \(verbatim.joined(separator: " | "))) ended=1 ;; esac
            fi
          elif [[ $word == -- ]]; then
            ended=1
          else
            [[ $word == --* || $word == -? ]] || word=-$word
            \(name)_value "$command" "$word"
            [[ -z $value ]] || pending=$word
          fi
        done
        if [[ -n $pending ]]; then
          [[ $current != = ]] || current=''
          \(name)_value "$command" "$pending"
        elif [[ -z $ended && $current == -* ]]; then
          \(name)_options "$command"
          value="words $options"
        else
          \(name)_argument "$command" "$count"
        fi
        case $value in
          words*) mapfile -t COMPREPLY < <(compgen -W "${value#words }" -- "$current") ;;
          container)
            mapfile -t COMPREPLY < <(
              compgen -W "$("${COMP_WORDS[0]}" "${root[@]}" list --quiet 2>/dev/null)" -- "$current"
            )
            ;;
          file)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            ;;
          folder)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            ;;
        esac
      }

      complete -F \(name) \(CompletionScript.quote(program))

      """
  }
}

extension OptionIdentifier {
  /// Whether a command's option has the name of a global one, so that the command's own counts.
  fileprivate var hidesGlobal: Bool {
    GlobalOptions.options.list.contains { $0.long == long }
  }
}
