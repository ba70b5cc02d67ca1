using System.Buffers.Binary;
using System.Collections.Immutable;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>Whether a well-formed OPEN is one that we accept from this peer (RFC 4271 6.2, 6286, 9234).</summary>
internal static class OpenValidator
{
    /// <returns>The NOTIFICATION that refuses it; null when it is accepted.</returns>
    internal static SessionNotification? Refusal(OpenMessage sent, OpenMessage received, BgpPeerSettings peer)
    {
        var external = sent.As != peer.RemoteAs;
        if (received.As != peer.RemoteAs)
        {
            return Error(OpenSubcode.BadPeerAs);
        }

        // RFC 6286 2.2: among peers of one AS identifiers are unique; peers of other ASes may have ours.
        if (received.Identifier == 0 || (!external && received.Identifier == sent.Identifier))
        {
            return Error(OpenSubcode.BadIdentifier);
        }

        if (received.HoldTime is 1 or 2)
        {
            return Error(OpenSubcode.UnacceptableHoldTime);
        }

        if (external && RoleMismatch(peer, received.Capabilities))
        {
            return Error(OpenSubcode.RoleMismatch);
        }

        return SessionNegotiation.Families(sent, received).IsEmpty
            ? new SessionNotification(BgpErrorCode.OpenMessage, OpenSubcode.UnsupportedCapability, FamilyCapabilities(peer.Families))
            : null;
    }

    // RFC 9234 4.2. Without a role of our own the peer's is not looked at.
    private static bool RoleMismatch(BgpPeerSettings peer, Capabilities received)
    {
        if (peer.Role is not { } role)
        {
            return false;
        }

        return received.HasConflictingRoles || (received.Role is { } other ? other != Opposite(role) : peer.RoleStrict);
    }

    private static BgpRole Opposite(BgpRole role) => role switch
    {
        BgpRole.Provider => BgpRole.Customer,
        BgpRole.Customer => BgpRole.Provider,
        BgpRole.RouteServer => BgpRole.RouteServerClient,
        BgpRole.RouteServerClient => BgpRole.RouteServer,
        _ => BgpRole.Peer,
    };

    // RFC 5492 5: the data lists the capabilities that we need.
    private static ImmutableArray<byte> FamilyCapabilities(ImmutableArray<BgpFamily> families)
    {
        var data = new byte[families.Length * 6];
        for (var i = 0; i < families.Length; i++)
        {
            var capability = data.AsSpan(i * 6, 6);
            capability[0] = (byte)CapabilityCode.Multiprotocol;
            capability[1] = 4;
            BinaryPrimitives.WriteUInt16BigEndian(capability[2..], FamilyCode.Afi(families[i]));
            capability[5] = FamilyCode.Unicast;
        }

        return [.. data];
    }

    private static SessionNotification Error(byte subcode) => new(BgpErrorCode.OpenMessage, subcode);
}
