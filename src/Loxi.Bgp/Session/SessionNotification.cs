using System.Collections.Immutable;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>A NOTIFICATION to send, or that came (RFC 4271 4.5).</summary>
/// <param name="Code">Error code.</param>
/// <param name="Subcode">Its subcode.</param>
/// <param name="Data">What belongs to it.</param>
internal sealed record SessionNotification(BgpErrorCode Code, byte Subcode, ImmutableArray<byte> Data)
{
    internal SessionNotification(BgpErrorCode code, byte subcode)
        : this(code, subcode, [])
    {
    }

    /// <summary>As "6/2".</summary>
    public override string ToString() => $"{(byte)Code}/{Subcode}";
}
