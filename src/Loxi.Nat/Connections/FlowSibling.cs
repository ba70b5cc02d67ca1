using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>The entry of the other direction of a connection, and where it is.</summary>
/// <param name="IsIPv4">Whether it is in the table of IPv4, under <paramref name="Key4"/>; else under <paramref name="Key6"/>.</param>
/// <param name="Key4">Its key there.</param>
/// <param name="Key6">Its key there.</param>
/// <param name="Flow">The entry.</param>
internal readonly record struct FlowSibling(bool IsIPv4, RawFlowKey4 Key4, RawFlowKey6 Key6, RawFlow Flow);
