using System.Collections.Immutable;
using CsCheck;
using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Wire;

public sealed class OpenCodecTests
{
    private static readonly OpenMessage Everything = new()
    {
        As = 70000,
        HoldTime = 180,
        Identifier = 0xc0000201,
        Capabilities = new Capabilities
        {
            Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast],
            HasMultiprotocol = true,
            RouteRefresh = true,
            EnhancedRouteRefresh = true,
            Ipv4OverIpv6NextHop = true,
            ExtendedMessage = true,
            Role = BgpRole.Customer,
            FourOctetAs = 70000,
            AddPath = [new AddPathCapability(BgpFamily.Ipv4Unicast, true, true), new AddPathCapability(BgpFamily.Ipv6Unicast, true, false)],
            GracefulRestart = new GracefulRestartCapability(true, true, 300, [(BgpFamily.Ipv4Unicast, true), (BgpFamily.Ipv6Unicast, false)]),
            LongLived = [new LongLivedCapability(BgpFamily.Ipv6Unicast, true, 0x123456)],
            BfdStrict = true,
        },
    };

    // By hand from the figures of the RFCs that are named.
    private static readonly byte[] Golden = WireBytes.Hex("""
        ffffffffffffffffffffffffffffffff 0063 01
        04 5ba0 00b4 c0000201 46
        02 44
        01 04 0001 00 01
        01 04 0002 00 01
        02 00
        05 06 0001 0001 0002
        06 00
        09 01 03
        40 0a c12c 0001 01 80 0002 01 00
        41 04 00011170
        45 08 0001 01 03 0002 01 01
        46 00
        47 07 0002 01 80 123456
        4a 00
        """);

    private static Gen<ImmutableArray<BgpFamily>> Families { get; } = Gen.OneOf(
        Gen.Const<ImmutableArray<BgpFamily>>([]), Gen.Const<ImmutableArray<BgpFamily>>([BgpFamily.Ipv4Unicast]), Gen.Const<ImmutableArray<BgpFamily>>([BgpFamily.Ipv6Unicast]),
        Gen.Const<ImmutableArray<BgpFamily>>([BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast]));

    private static Gen<OpenMessage> Opens { get; } =
        from number in Gen.UInt[1, uint.MaxValue]
        from hold in Gen.UShort.Where(h => h is 0 or > 2)
        from identifier in Gen.UInt[1, uint.MaxValue]
        from families in Families
        from flags in Gen.UShort
        from role in Gen.Int[0, 8]
        from restart in Gen.UShort[0, 4095]
        from graceful in Families
        from addPath in Families
        from longLived in Families
        from stale in Gen.UInt[0, 0xffffff]
        let hasGraceful = (flags & 1) != 0
        select new OpenMessage
        {
            As = (flags & 2) != 0 ? number : (ushort)(number | 1),
            HoldTime = hold,
            Identifier = identifier,
            Capabilities = new Capabilities
            {
                Families = families,
                HasMultiprotocol = !families.IsEmpty,
                RouteRefresh = (flags & 4) != 0,
                EnhancedRouteRefresh = (flags & 8) != 0,
                Ipv4OverIpv6NextHop = (flags & 16) != 0,
                ExtendedMessage = (flags & 32) != 0,
                BfdStrict = (flags & 64) != 0,
                FourOctetAs = (flags & 2) != 0 ? number : null,
                Role = role > 4 ? null : (BgpRole)role,
                GracefulRestart = hasGraceful ? new GracefulRestartCapability((flags & 128) != 0, (flags & 256) != 0, restart, [.. graceful.Select(f => (f, (flags & 512) != 0))]) : null,
                AddPath = [.. addPath.Select(f => new AddPathCapability(f, (flags & 1024) != 0, (flags & 1024) == 0))],
                LongLived = hasGraceful ? [.. longLived.Select(f => new LongLivedCapability(f, (flags & 2048) != 0, stale))] : [],
            },
        };

    [Fact]
    public void Write_GivesGoldenBytes()
    {
        var bytes = new byte[4096];
        bytes[..OpenCodec.Write(Everything, bytes)].Should().Equal(Golden);
    }

    [Fact]
    public void Read_GoldenBytes_GivesEveryField()
    {
        var open = OpenCodec.Read(Golden, out var error);
        error.IsNone.Should().BeTrue();
        open.Should().Be(Everything);
    }

    [Fact]
    public void WriteThenRead_GivesTheSame() => Opens.Sample(open =>
    {
        var bytes = new byte[4096];
        var length = OpenCodec.Write(open, bytes);
        return MessageHeader.Read(bytes.AsSpan(0, length), 4096, out var header, out _) == ParseStatus.Done && header.Length == length
            && OpenCodec.Read(bytes.AsSpan(0, length), out _) is { } read && read == open;
    });

    [Fact]
    public void Write_MoreThan255OctetsOfParameters_UsesTheExtendedForm()
    {
        // RFC 9072 2. No OPEN of ours is that long today; entries are repeated to get there.
        var entry = new AddPathCapability(BgpFamily.Ipv6Unicast, true, true);
        var open = Everything with { Capabilities = Everything.Capabilities with { AddPath = [.. Enumerable.Repeat(entry, 60)] } };
        var bytes = new byte[4096];
        var length = OpenCodec.Write(open, bytes);
        length.Should().BeGreaterThan(29 + 255);
        bytes[28..30].Should().Equal(255, 255);
        OpenCodec.Read(bytes.AsSpan(0, length), out var error)!.Capabilities.AddPath.Should().Equal(entry);
        error.IsNone.Should().BeTrue();
    }

    [Fact]
    public void Read_EveryTruncation_Resets()
    {
        foreach (var message in new[] { Golden, Recordings.BirdOpen, Recordings.FrrOpen, Recordings.GobgpOpen })
        {
            for (var length = 29; length < message.Length; length++)
            {
                var cut = message[..length];
                OpenCodec.Read(cut, out var error).Should().BeNull();
                error.Subcode.Should().Be(OpenSubcode.Unspecific);
            }
        }
    }

    [Fact]
    public void Read_SeveralOfACapability()
    {
        // RFC 4724 3: the last graceful restart counts; RFC 5492 4: the same family once.
        var open = OpenCodec.Read(
            WireBytes.Open(WireBytes.CapabilitiesParameter(
                WireBytes.Capability(64, 0x00, 10), WireBytes.Capability(64, 0x80, 20), WireBytes.Capability(1, 0, 1, 0, 1), WireBytes.Capability(1, 0, 1, 0, 1))),
            out _)!;
        open.Capabilities.GracefulRestart.Should().Be(new GracefulRestartCapability(true, false, 20, []));
        open.Capabilities.Families.Should().Equal(BgpFamily.Ipv4Unicast);
    }

    [Fact]
    public void Read_LongLivedWithoutGracefulRestart_MeansNothing()
    {
        var open = OpenCodec.Read(WireBytes.Open(WireBytes.CapabilitiesParameter(WireBytes.Capability(71, 0, 1, 1, 0x80, 0, 0, 60))), out _)!;
        open.Capabilities.LongLived.Should().BeEmpty("RFC 9494 4.2");
        open.Capabilities.Ignored.Should().BeEmpty();
    }

    [Fact]
    public void Read_Names_AreFitForALog()
    {
        var open = OpenCodec.Read(WireBytes.Open(WireBytes.CapabilitiesParameter(
            WireBytes.Capability(73, [3, (byte)'r', 0x1b, (byte)'1', 4, .. "test"u8]), WireBytes.Capability(75, [4, .. "1.0\n"u8]))), out _)!;
        open.Capabilities.HostName.Should().Be("r\uFFFD1.test");
        open.Capabilities.SoftwareVersion.Should().Be("1.0\uFFFD");
    }
}
