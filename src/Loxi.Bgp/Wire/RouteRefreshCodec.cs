using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Loxi.Bgp.Wire;

/// <summary>ROUTE-REFRESH (RFC 2918 3, 7313 3.2).</summary>
internal static class RouteRefreshCodec
{
    internal const int Length = MessageHeader.Size + 4;

    /// <param name="message">The message, whose header is right.</param>
    /// <param name="families">Negotiated families.</param>
    /// <param name="enhanced">Whether RFC 7313 is negotiated; else the octet of the subtype is reserved (RFC 2918 3).</param>
    /// <param name="refresh">What it asks for.</param>
    /// <param name="error">What is wrong when the result is false.</param>
    internal static bool TryRead(ReadOnlySpan<byte> message, ImmutableArray<BgpFamily> families, bool enhanced, out RouteRefreshMessage refresh, out BgpError error)
    {
        error = default;
        refresh = new RouteRefreshMessage(RouteRefreshKind.Ignored, default);
        var kind = enhanced ? (RouteRefreshKind)message[MessageHeader.Size + 2] : RouteRefreshKind.Request;
        if (kind is RouteRefreshKind.Begin or RouteRefreshKind.End && message.Length != Length)
        {
            // RFC 7313 5: the data is the whole message.
            error = new BgpError(BgpErrorCode.RouteRefreshMessage, 1, 16, ErrorHandling.SessionReset, DataOffset: 0, DataLength: message.Length);
            return false;
        }

        // RFC 7313 5: other subtypes are ignored. ORF entries (RFC 5291) are never negotiated here: their message is not understood.
        if (kind <= RouteRefreshKind.End && message.Length == Length
            && FamilyCode.TryRead(BinaryPrimitives.ReadUInt16BigEndian(message[MessageHeader.Size..]), message[MessageHeader.Size + 3], out var family) && families.Contains(family))
        {
            refresh = new RouteRefreshMessage(kind, family);
        }

        return true;
    }

    /// <returns>Length of the message.</returns>
    internal static int Write(BgpFamily family, RouteRefreshKind kind, Span<byte> destination)
    {
        MessageHeader.Write(MessageType.RouteRefresh, Length, destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[MessageHeader.Size..], FamilyCode.Afi(family));
        destination[MessageHeader.Size + 2] = (byte)kind;
        destination[MessageHeader.Size + 3] = FamilyCode.Unicast;
        return Length;
    }
}
