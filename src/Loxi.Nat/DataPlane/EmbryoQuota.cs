using System.Numerics;

namespace Loxi.Nat.DataPlane;

/// <summary>How many connections may be in the making: a quarter of the table of each family, so that a flood of them leaves room for others.</summary>
internal static class EmbryoQuota
{
    public static uint Of(uint maxConnections) => maxConnections / 4;

    /// <summary>A power of two, and twice the quota: places of connections that have come about are passed over, not filled.</summary>
    public static uint SlotsOf(uint maxConnections) => BitOperations.RoundUpToPowerOf2(2 * Of(maxConnections));
}
