namespace Loxi.Bfd.Fuzz.Oracle;

/// <summary>The library does something else than the oracle says.</summary>
internal sealed class OracleException(string message) : Exception(message);
