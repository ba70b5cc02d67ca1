namespace Loxi.Core.Connections;

/// <summary>A change of a connection.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Time">When: time since the machine started, without suspend.</param>
/// <param name="Connection">The connection after it. One that is gone as it was last, its operation <see cref="ConnectionOperation.Delete"/>.</param>
public readonly record struct ConnectionChange(ConnectionChangeKind Kind, TimeSpan Time, ConnectionRecord Connection);
