namespace Loxi.Nat.Statistics;

/// <summary>What went to and came from an endpoint of a service since the endpoint was added.</summary>
/// <param name="PacketsIn">Packets towards the endpoint.</param>
/// <param name="BytesIn">Bytes towards the endpoint, from the IP header on.</param>
/// <param name="PacketsOut">Packets towards clients.</param>
/// <param name="BytesOut">Bytes towards clients.</param>
/// <param name="Connections">Connections made.</param>
/// <param name="Active">Connections in the table at the last sweep.</param>
public readonly record struct EndpointCounters(ulong PacketsIn, ulong BytesIn, ulong PacketsOut, ulong BytesOut, ulong Connections, long Active);
