using Loxi.Core.Connections;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>A connection was taken out of the tables.</summary>
/// <param name="key">Key of one of its directions.</param>
/// <param name="flow">The entry of that direction as it was last.</param>
/// <param name="kind">Why.</param>
internal delegate void FlowRemoved<TKey>(in TKey key, in RawFlow flow, ConnectionChangeKind kind)
    where TKey : unmanaged, IFlowKey<TKey>;
