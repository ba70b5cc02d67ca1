namespace Loxi.TestKit.Traffic;

/// <summary>One request that was not answered as it should.</summary>
public sealed record LoadError(ErrorKind Kind, DateTimeOffset Time, int Connection, string Detail);
