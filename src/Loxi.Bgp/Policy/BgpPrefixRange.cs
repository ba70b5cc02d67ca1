using System.Globalization;
using System.Net;

namespace Loxi.Bgp.Policy;

/// <summary>Prefixes inside a network whose length is in a range.</summary>
/// <param name="Network">The network; bits beyond its length are 0.</param>
public readonly record struct BgpPrefixRange(IPNetwork Network)
{
    /// <summary>Shortest length, from the network's to 32 or 128.</summary>
    /// <value>Default: null, the network's own.</value>
    public int? MinimumLength { get; init; }

    /// <summary>Longest length, from <see cref="MinimumLength"/> to 32 or 128.</summary>
    /// <value>Default: null, the network's own.</value>
    public int? MaximumLength { get; init; }

    /// <summary>Reads a network and a mask length range as <c>24..32</c>; no range is the network's own length.</summary>
    /// <param name="network">E.g. <c>10.0.0.0/8</c>.</param>
    /// <param name="maskLengthRange">The range, null or empty for none.</param>
    /// <param name="range">What was read.</param>
    /// <returns>True when both could be read; whether the lengths fit each other is for <see cref="BgpPolicyValidator"/>.</returns>
    public static bool TryParse(string? network, string? maskLengthRange, out BgpPrefixRange range)
    {
        range = default;
        if (!IPNetwork.TryParse(network, out var parsed))
        {
            return false;
        }

        range = new(parsed);
        if (string.IsNullOrEmpty(maskLengthRange))
        {
            return true;
        }

        var at = maskLengthRange.IndexOf("..", StringComparison.Ordinal);
        if (at < 0 || !PolicyText.TryNumber(maskLengthRange.AsSpan(0, at), 128, out var low) || !PolicyText.TryNumber(maskLengthRange.AsSpan(at + 2), 128, out var high))
        {
            return false;
        }

        range = range with { MinimumLength = (int)low, MaximumLength = (int)high };
        return true;
    }

    /// <summary>The range as <c>24..32</c>; empty when it is the network's own length.</summary>
    /// <returns>The text.</returns>
    public string MaskLengthRange()
        => MinimumLength is null && MaximumLength is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{MinimumLength ?? Network.PrefixLength}..{MaximumLength ?? MinimumLength ?? Network.PrefixLength}");
}
