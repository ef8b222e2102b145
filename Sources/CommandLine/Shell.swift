/// The shells that completions are made for.
public enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish
}
