using CsCheck;
using FluentAssertions;
using Loxi.Linux.Netlink;
using Loxi.Linux.Netlink.Wire;
using Xunit;

namespace Loxi.Linux.Tests.Netlink.Wire;

public sealed class CodecPropertyTests
{
    private static readonly Gen<InternetAddress> Address4 = Gen.Byte.Array[4].Select(static bytes => InternetAddress.FromBytes(bytes));
    private static readonly Gen<InternetAddress> Address6 = Gen.Byte.Array[16].Select(static bytes => InternetAddress.FromBytes(bytes));
    private static readonly Gen<LinkLayerAddress> LinkLayer = Gen.Byte.Array[0, LinkLayerAddress.MaxLength].Select(static bytes => new LinkLayerAddress(bytes));
    private static readonly Gen<Gen<InternetAddress>> Family = Gen.Bool.Select(static six => six ? Address6 : Address4);

    private static readonly Gen<Address> Addresses = Family.SelectMany(static ip => Gen.Select(
        ip, Gen.Int[0, 32], ip, Gen.Int[1, int.MaxValue], Gen.UInt[0, 0x3ff], Gen.UInt, Gen.Bool,
        static (local, length, peer, index, flags, lifetime, plain) => new Address(index, local, length)
        {
            Peer = plain || peer == local ? default : peer,
            Broadcast = plain ? default : peer,
            Scope = plain ? AddressScope.Universe : AddressScope.Link,
            Flags = (AddressFlags)flags,
            Label = plain ? null : "x",
            Protocol = plain ? (byte)0 : (byte)length,
            RoutePriority = plain ? 0 : flags,
            ValidLifetime = plain || lifetime == uint.MaxValue ? null : lifetime,
            PreferredLifetime = plain ? null : lifetime / 2,
        }));

    private static readonly Gen<Neighbour> Neighbours = Family.SelectMany(static ip => Gen.Select(
        ip, LinkLayer, Gen.Int, Gen.UShort, Gen.UInt[0, 0x1ff],
        static (address, mac, index, state, flags) => new Neighbour(index, address, mac, (NeighbourState)state, (NeighbourFlags)flags)));

    private static readonly Gen<Route> Routes = Family.SelectMany(static ip => Gen.Select(
        ip, Gen.Int[1, 32], Gen.OneOf(Address4, Address6), Gen.UInt, Gen.Byte, Gen.UInt[0, 9000],
        Gen.Select(Gen.Int, Gen.OneOf(Address4, Address6), Gen.Int[1, 256]).Array[0, 5],
        static (destination, length, gateway, table, protocol, number, hops) => new Route
        {
            Destination = destination,
            PrefixLength = length,
            Gateway = hops.Length == 0 ? gateway : default,
            PreferredSource = destination,
            Table = table,
            Protocol = (RouteProtocol)protocol,
            Metric = number,
            Mtu = number,
            Scope = AddressScope.Link,
            OutputInterface = (int)number,
            Source = protocol % 2 == 0 ? destination : default,
            SourcePrefixLength = protocol % 2 == 0 ? length : 0,
            NextHopObject = table,
            NextHops = [.. hops.Select(static hop => new RouteNextHop(hop.Item1, hop.Item2, hop.Item3))],
        }));

    [Fact]
    public void Address_WrittenThenParsed_IsTheSame() => Addresses.Sample(static address =>
    {
        var writer = new NetlinkWriter(new byte[512], Nl.NewAddr, 0);
        AddressCodec.Write(ref writer, address);
        AddressCodec.TryParse(Payload(writer), out var parsed).Should().BeTrue();
        parsed.Should().Be(address);
    });

    [Fact]
    public void Neighbour_WrittenThenParsed_IsTheSame() => Neighbours.Sample(static neighbour =>
    {
        var writer = new NetlinkWriter(new byte[512], Nl.NewNeigh, 0);
        NeighbourCodec.Write(ref writer, neighbour);
        NeighbourCodec.TryParse(Payload(writer), out var parsed).Should().BeTrue();
        parsed.Should().Be(neighbour);
    });

    [Fact]
    public void Route_WrittenThenParsed_IsTheSame() => Routes.Sample(static route =>
    {
        var writer = new NetlinkWriter(new byte[1024], Nl.NewRoute, 0);
        RouteCodec.Write(ref writer, route, delete: false);
        RouteCodec.TryParse(Payload(writer), out var parsed).Should().BeTrue();
        parsed.Should().Be(route);
    });

    [Fact]
    public void DamagedMessages_NeverFailOtherwiseThanReported()
    {
        var goldens = GoldenTests.All();
        Gen.Select(Gen.Int[0, goldens.Count - 1], Gen.Select(Gen.Int[0, 1499], Gen.Byte).Array[1, 8]).Sample(
            (index, damages) =>
            {
                var bytes = (byte[])goldens[index].Clone();
                foreach (var (offset, value) in damages)
                {
                    bytes[offset % bytes.Length] = value;
                }

                var failure = GoldenTests.Read(bytes);
                (failure is null or NetlinkException).Should().BeTrue($"{failure} of {Convert.ToHexString(bytes)}");
            },
            iter: 20_000);
    }

    [Fact]
    public void RandomBytes_NeverFailOtherwiseThanReported() => Gen.Byte.Array[0, 100].Sample(
        static bytes =>
        {
            var failure = GoldenTests.Read(bytes);
            (failure is null or NetlinkException).Should().BeTrue($"{failure} of {Convert.ToHexString(bytes)}");
        },
        iter: 20_000);

    private static byte[] Payload(NetlinkWriter writer) => writer.Finish()[Nl.HeaderSize..].ToArray();
}
