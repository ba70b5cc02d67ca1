using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Loxi.Bgp.Wire;

/// <summary>
/// Collects the capabilities of an OPEN (RFC 5492). A value that its RFC does not allow makes the capability "not understood": it is
/// ignored, and the session comes up without it. Only the AS number (RFC 6793) cannot be done without.
/// </summary>
internal sealed class CapabilityReader
{
    private readonly ImmutableArray<BgpFamily>.Builder _families = ImmutableArray.CreateBuilder<BgpFamily>();
    private readonly SortedDictionary<BgpFamily, AddPathCapability> _addPath = [];
    private readonly ImmutableArray<byte>.Builder _ignored = ImmutableArray.CreateBuilder<byte>();
    private Capabilities _result = Capabilities.None;
    private ImmutableArray<LongLivedCapability> _longLived = [];

    /// <summary>The AS numbers of several capabilities differ: we cannot know whom we talk to.</summary>
    internal bool HasConflictingAs { get; private set; }

    internal Capabilities Result() => _result with
    {
        Families = _families.ToImmutable(),
        AddPath = [.. _addPath.Values],
        // RFC 9494 4.2: without graceful restart it means nothing.
        LongLived = _result.GracefulRestart is null ? [] : _longLived,
        Ignored = _ignored.ToImmutable(),
    };

    /// <returns>False when the value makes the OPEN unusable.</returns>
    internal bool Add(CapabilityCode code, ReadOnlySpan<byte> value)
    {
        var understood = code switch
        {
            CapabilityCode.Multiprotocol => AddFamily(value),
            CapabilityCode.RouteRefresh => AddFlag(value, _result with { RouteRefresh = true }),
            CapabilityCode.EnhancedRouteRefresh => AddFlag(value, _result with { EnhancedRouteRefresh = true }),
            CapabilityCode.ExtendedMessage => AddFlag(value, _result with { ExtendedMessage = true }),
            CapabilityCode.BfdStrict => AddFlag(value, _result with { BfdStrict = true }),
            CapabilityCode.ExtendedNextHop => AddExtendedNextHop(value),
            CapabilityCode.Role => AddRole(value),
            CapabilityCode.GracefulRestart => AddGracefulRestart(value),
            CapabilityCode.AddPath => AddAddPath(value),
            CapabilityCode.LongLivedGracefulRestart => AddLongLived(value),
            CapabilityCode.HostName => AddHostName(value),
            CapabilityCode.SoftwareVersion => AddSoftwareVersion(value),
            CapabilityCode.FourOctetAs when value.Length == 4 => AddAs(BinaryPrimitives.ReadUInt32BigEndian(value)),
            CapabilityCode.FourOctetAs => false,
            _ => true,
        };
        if (!understood)
        {
            _ignored.Add((byte)code);
        }

        return understood || code != CapabilityCode.FourOctetAs;
    }

    private bool AddFlag(ReadOnlySpan<byte> value, Capabilities with)
    {
        if (value.Length != 0)
        {
            return false;
        }

        _result = with;
        return true;
    }

    private bool AddAs(uint number)
    {
        HasConflictingAs |= _result.FourOctetAs is { } other && other != number;
        _result = _result with { FourOctetAs = number };
        return true;
    }

    private bool AddFamily(ReadOnlySpan<byte> value)
    {
        if (value.Length != 4)
        {
            return false;
        }

        _result = _result with { HasMultiprotocol = true };
        if (FamilyCode.TryRead(BinaryPrimitives.ReadUInt16BigEndian(value), value[3], out var family) && !_families.Contains(family))
        {
            _families.Add(family);
        }

        return true;
    }

    private bool AddExtendedNextHop(ReadOnlySpan<byte> value)
    {
        if (value.Length % 6 != 0)
        {
            return false;
        }

        for (; value.Length > 0; value = value[6..])
        {
            // RFC 8950 4: AFI, SAFI in two octets, AFI of the next hop.
            if (BinaryPrimitives.ReadUInt16BigEndian(value) == FamilyCode.Ipv4 && BinaryPrimitives.ReadUInt16BigEndian(value[2..]) == FamilyCode.Unicast
                && BinaryPrimitives.ReadUInt16BigEndian(value[4..]) == FamilyCode.Ipv6)
            {
                _result = _result with { Ipv4OverIpv6NextHop = true };
            }
        }

        return true;
    }

    private bool AddRole(ReadOnlySpan<byte> value)
    {
        if (value.Length != 1 || value[0] > (byte)BgpRole.Peer)
        {
            return false;
        }

        // RFC 9234 4.2: several that are the same count once.
        var role = (BgpRole)value[0];
        _result = _result with { Role = role, HasConflictingRoles = _result.HasConflictingRoles || (_result.Role is { } other && other != role) };
        return true;
    }

    private bool AddGracefulRestart(ReadOnlySpan<byte> value)
    {
        if (value.Length < 2 || value.Length % 4 != 2)
        {
            return false;
        }

        var word = BinaryPrimitives.ReadUInt16BigEndian(value);
        var families = ImmutableArray.CreateBuilder<(BgpFamily Family, bool Forwarding)>();
        for (var rest = value[2..]; rest.Length > 0; rest = rest[4..])
        {
            if (FamilyCode.TryRead(BinaryPrimitives.ReadUInt16BigEndian(rest), rest[2], out var family) && !families.Any(f => f.Family == family))
            {
                families.Add((family, (rest[3] & 0x80) != 0));
            }
        }

        // RFC 4724 3: of several, the last one counts.
        _result = _result with
        {
            GracefulRestart = new GracefulRestartCapability((word & 0x8000) != 0, (word & 0x4000) != 0, (ushort)(word & 0x0fff), families.ToImmutable()),
        };
        return true;
    }

    private bool AddAddPath(ReadOnlySpan<byte> value)
    {
        if (value.Length == 0 || value.Length % 4 != 0)
        {
            return false;
        }

        var understood = true;
        for (; value.Length > 0; value = value[4..])
        {
            if (value[3] is 0 or > 3)
            {
                // RFC 7911 4: not understood, and ignored; the other families stay.
                understood = false;
            }
            else if (FamilyCode.TryRead(BinaryPrimitives.ReadUInt16BigEndian(value), value[2], out var family))
            {
                _addPath[family] = new AddPathCapability(family, (value[3] & 1) != 0, (value[3] & 2) != 0);
            }
        }

        return understood;
    }

    private bool AddLongLived(ReadOnlySpan<byte> value)
    {
        if (value.Length % 7 != 0)
        {
            return false;
        }

        var families = ImmutableArray.CreateBuilder<LongLivedCapability>();
        for (; value.Length > 0; value = value[7..])
        {
            if (FamilyCode.TryRead(BinaryPrimitives.ReadUInt16BigEndian(value), value[2], out var family) && !families.Any(f => f.Family == family))
            {
                families.Add(new LongLivedCapability(family, (value[3] & 0x80) != 0, BinaryPrimitives.ReadUInt32BigEndian(value[3..]) & 0x00ff_ffff));
            }
        }

        _longLived = families.ToImmutable();
        return true;
    }

    private bool AddHostName(ReadOnlySpan<byte> value)
    {
        // Length and host name, length and domain name.
        if (value.Length == 0 || value[0] == 0 || value.Length < 1 + value[0])
        {
            return false;
        }

        var domain = value[(1 + value[0])..];
        if (domain.Length > 0 && domain.Length < 1 + domain[0])
        {
            return false;
        }

        var name = PeerText.Clean(value.Slice(1, value[0]));
        _result = _result with { HostName = domain.Length > 1 && domain[0] > 0 ? $"{name}.{PeerText.Clean(domain.Slice(1, domain[0]))}" : name };
        return true;
    }

    private bool AddSoftwareVersion(ReadOnlySpan<byte> value)
    {
        if (value.Length == 0 || value[0] == 0 || value.Length < 1 + value[0])
        {
            return false;
        }

        _result = _result with { SoftwareVersion = PeerText.Clean(value.Slice(1, value[0])) };
        return true;
    }
}
