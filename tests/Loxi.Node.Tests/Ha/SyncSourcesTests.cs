using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Connections;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public sealed class SyncSourcesTests
{
    private const string Client = "198.51.100.1";

    [Theory]
    [InlineData(Client, ConnectionTraits.None, true)]
    [InlineData("192.0.2.10", ConnectionTraits.None, true)]
    [InlineData("192.0.2.20", ConnectionTraits.None, true)]
    [InlineData("192.0.2.30", ConnectionTraits.None, true)]
    [InlineData("192.0.2.252", ConnectionTraits.None, false)]
    [InlineData("192.0.2.252", ConnectionTraits.Direct | ConnectionTraits.Tunnel, true)]
    public void AConnection_GoesOnElsewhereByASourceThatMoves(string source, ConnectionTraits traits, bool moves)
    {
        var sources = new SyncSources();
        sources.Set(
            ServiceModel.Create([new Service
            {
                Key = new ServiceKey(Address("192.0.2.10"), ServiceProtocol.Tcp, 80),
                Mode = NatMode.FullNat,
                PrivateAddress = Address("192.0.2.20"),
                Endpoints = [new ServiceEndpoint(Address("203.0.113.50"), 8080, 1)],
            }]),
            SourcePools.Create([new SourcePool { Name = "pool", Addresses = [Address("192.0.2.30")] }]));

        sources.Moves(Key(), Path(source, traits)).Should().Be(moves);
    }

    [Fact]
    public void AnotherAddressThatMoves_IsSaidOnce()
    {
        var sources = new SyncSources();
        var pools = SourcePools.Create([new SourcePool { Name = "pool", Addresses = [Address("192.0.2.30")] }]);

        sources.Set(ServiceModel.Empty, SourcePools.Empty).Should().BeFalse();
        sources.Set(ServiceModel.Empty, pools).Should().BeTrue();
        sources.Set(ServiceModel.Empty, pools).Should().BeFalse();
        sources.Set(ServiceModel.Empty, SourcePools.Empty).Should().BeFalse();
        sources.Moves(Key(), Path("192.0.2.30", ConnectionTraits.None)).Should().BeTrue("connections that are there keep their source");
    }

    [Fact]
    public void WithoutServices_ClientsAddressesMove() => new SyncSources().Moves(Key(), Path(Client, ConnectionTraits.None)).Should().BeTrue();

    private static IPAddress Address(string text) => IPAddress.Parse(text);

    private static ConnectionKey Key() => new(FlowAddress.From(Address(Client)), FlowAddress.From(Address("192.0.2.10")), 40_000, 80, ServiceProtocol.Tcp);

    private static ConnectionPath Path(string source, ConnectionTraits traits) => new(FlowAddress.From(Address(source)), FlowAddress.From(Address("203.0.113.50")), 0, 40_000, 8080, ConnectionState.Established, traits);
}
