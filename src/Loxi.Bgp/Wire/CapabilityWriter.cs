using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>Writes capabilities (RFC 5492 4), in the order of their codes.</summary>
internal ref struct CapabilityWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    internal int Length { get; private set; }

    internal void Write(Capabilities capabilities)
    {
        foreach (var family in capabilities.Families)
        {
            WriteFamily(Begin(CapabilityCode.Multiprotocol, 4), family, wide: true);
        }

        WriteFlag(capabilities.RouteRefresh, CapabilityCode.RouteRefresh);
        if (capabilities.Ipv4OverIpv6NextHop)
        {
            var value = Begin(CapabilityCode.ExtendedNextHop, 6);
            WriteFamily(value, BgpFamily.Ipv4Unicast, wide: true);
            BinaryPrimitives.WriteUInt16BigEndian(value[4..], FamilyCode.Ipv6);
        }

        WriteFlag(capabilities.ExtendedMessage, CapabilityCode.ExtendedMessage);
        if (capabilities.Role is { } role)
        {
            Begin(CapabilityCode.Role, 1)[0] = (byte)role;
        }

        if (capabilities.GracefulRestart is { } graceful)
        {
            WriteGracefulRestart(graceful);
        }

        if (capabilities.FourOctetAs is { } number)
        {
            BinaryPrimitives.WriteUInt32BigEndian(Begin(CapabilityCode.FourOctetAs, 4), number);
        }

        if (!capabilities.AddPath.IsEmpty)
        {
            var value = Begin(CapabilityCode.AddPath, 4 * capabilities.AddPath.Length);
            foreach (var entry in capabilities.AddPath)
            {
                WriteFamily(value, entry.Family, wide: false);
                value[3] = (byte)((entry.CanReceive ? 1 : 0) | (entry.CanSend ? 2 : 0));
                value = value[4..];
            }
        }

        WriteFlag(capabilities.EnhancedRouteRefresh, CapabilityCode.EnhancedRouteRefresh);
        if (!capabilities.LongLived.IsEmpty)
        {
            var value = Begin(CapabilityCode.LongLivedGracefulRestart, 7 * capabilities.LongLived.Length);
            foreach (var entry in capabilities.LongLived)
            {
                // The stale time has 24 bits, after the octet of the flags.
                BinaryPrimitives.WriteUInt32BigEndian(value[3..], (entry.StaleTime & 0x00ff_ffff) | (entry.Forwarding ? 0x8000_0000 : 0));
                WriteFamily(value, entry.Family, wide: false);
                value = value[7..];
            }
        }

        WriteFlag(capabilities.BfdStrict, CapabilityCode.BfdStrict);
    }

    private void WriteGracefulRestart(GracefulRestartCapability graceful)
    {
        var value = Begin(CapabilityCode.GracefulRestart, 2 + (4 * graceful.Families.Length));
        BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)((graceful.Restarted ? 0x8000 : 0) | (graceful.Notification ? 0x4000 : 0) | (graceful.RestartTime & 0x0fff)));
        value = value[2..];
        foreach (var (family, forwarding) in graceful.Families)
        {
            WriteFamily(value, family, wide: false);
            value[3] = (byte)(forwarding ? 0x80 : 0);
            value = value[4..];
        }
    }

    private void WriteFlag(bool present, CapabilityCode code)
    {
        if (present)
        {
            Begin(code, 0);
        }
    }

    private Span<byte> Begin(CapabilityCode code, int length)
    {
        _destination[Length] = (byte)code;
        _destination[Length + 1] = checked((byte)length);
        var value = _destination.Slice(Length + 2, length);
        Length += 2 + length;
        return value;
    }

    // Wide: a reserved octet between AFI and SAFI (RFC 4760 8), or a SAFI of two octets (RFC 8950 4).
    private static void WriteFamily(Span<byte> value, BgpFamily family, bool wide)
    {
        BinaryPrimitives.WriteUInt16BigEndian(value, FamilyCode.Afi(family));
        value[2] = wide ? (byte)0 : FamilyCode.Unicast;
        if (wide)
        {
            value[3] = FamilyCode.Unicast;
        }
    }
}
