using System.Net;

namespace Loxi.Node.Ha;

/// <summary>Something that this node misses, of which a role may depend (R13).</summary>
/// <param name="Name">Name of the alarm.</param>
/// <param name="Group">The VIP group; null where it is about all.</param>
/// <param name="Address">The address that it is about, if one is.</param>
/// <param name="Since">Since when, on CLOCK_MONOTONIC.</param>
/// <param name="Text">What an operator reads.</param>
internal sealed record HaFault(string Name, string? Group, IPAddress? Address, TimeSpan Since, string Text)
{
    /// <summary>How often since then.</summary>
    public long Count { get; init; } = 1;
}
