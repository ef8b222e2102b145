/// The version of apus: of its programs and of the library.
public enum Version {
  public static let number = "0.1.0"
}
