using System.Net;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class HaConnectionPathsTests : IAsyncLifetime
{
    private const string Root = "/loxi/v1/ha/connections";
    private RestServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Sums_AreOfOpenConnections_AndEqualWhateverTheOrder()
    {
        _server.Connections.All.AddRange([Connection(1), Connection(2), Connection(3) with { State = ConnectionState.SynSent }]);
        var sums = await _server.Client.GetHaConnectionSumsAsync(Token);
        sums.Should().BeEquivalentTo(new { Node = 0, Count = 2 });
        sums.Run.Should().HaveLength(16);
        sums.Sums.Should().HaveCount(4096).And.OnlyContain(static s => s.Length == 16);
        sums.Sums.Count(static s => s != "0000000000000000").Should().Be(2);

        _server.Connections.All.Reverse();
        (await _server.Client.GetHaConnectionSumsAsync(Token)).Sums.Should().Equal(sums.Sums);
    }

    /// <summary>What other nodes never have is no difference.</summary>
    [Fact]
    public void Sums_LeaveOutWhatOtherNodesDoNotHave()
    {
        _server.Connections.All.AddRange([Connection(1), Connection(2), Connection(3)]);

        new ConnectionSums(_server.Connections, static (key, _) => key.ClientPort != 2).Sum(0).Count.Should().Be(2);
    }

    /// <summary>Of an address that this node does not have another one may have told, with unequal source pools: both have the connection.</summary>
    [Fact]
    public void Sums_HaveWhatOtherNodesHaveTold()
    {
        _server.Connections.All.AddRange([Connection(1), Connection(2) with { Version = new ConnectionVersion(1, 7, 9) }]);

        new ConnectionSums(_server.Connections, static (_, _) => false, Connection(1).Version.Owner).Sum(0).Count.Should().Be(1);
    }

    [Fact]
    public async Task MoreThanTwoAtATime_AreRefused_AndTheNextIsNot()
    {
        using var read = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        _server.Connections.OnRead = () =>
        {
            read.Release();
            release.Wait();
        };
        var http = _server.Http;
        var first = http.GetAsync(new Uri(Root + "/sums", UriKind.Relative), Token);
        var second = http.GetAsync(new Uri(Root + "?bucket=1", UriKind.Relative), Token);
        await read.WaitAsync(Token);
        await read.WaitAsync(Token);

        using (var third = await http.GetAsync(new Uri(Root + "?bucket=1", UriKind.Relative), Token))
        {
            third.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await third.Content.ReadAsStringAsync(Token)).Should().Contain("2 requests below /loxi/v1/ha/connections are being answered: expected at most 2 at a time");
        }

        _server.Connections.OnRead = null;
        release.Set();
        foreach (var answered in await Task.WhenAll(first, second))
        {
            answered.StatusCode.Should().Be(HttpStatusCode.OK);
            answered.Dispose();
        }

        (await _server.Client.GetHaConnectionSumsAsync(Token)).Count.Should().Be(0);
    }

    public static TheoryData<string, ConnectionRecord, bool> Changes => new()
    {
        { "state", Connection(1) with { State = ConnectionState.HalfClosed }, true },
        { "endpoint", Connection(1) with { Endpoint = FlowAddress.From(IPAddress.Parse("198.51.100.2")) }, true },
        { "endpoint's port", Connection(1) with { EndpointPort = 8081 }, true },
        { "source", Connection(1) with { Source = FlowAddress.From(IPAddress.Parse("192.0.2.10")) }, true },
        { "source port", Connection(1) with { SourcePort = 9 }, true },
        { "block", Connection(1) with { Block = 1 }, false },
        { "version", Connection(1) with { Version = new ConnectionVersion(1, 1, 9) }, false },
        { "age", Connection(1) with { Age = TimeSpan.FromSeconds(9) }, false },
        { "traits", Connection(1) with { Traits = ConnectionTraits.Loose }, false },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Sum_IsOfWhatMustBeEqual(string because, ConnectionRecord other, bool differs)
    {
        _server.Connections.All.Add(Connection(1));
        var before = (await _server.Client.GetHaConnectionSumsAsync(Token)).Sums;
        _server.Connections.All[0] = other;

        (await _server.Client.GetHaConnectionSumsAsync(Token)).Sums.SequenceEqual(before).Should().Be(!differs, because);
    }

    [Fact]
    public async Task Connections_OfABucket_AreAsTheKernelHasThem()
    {
        _server.Connections.All.AddRange([Connection(1), Connection(2)]);
        var bucket = ConnectionBuckets.Of(Connection(1));

        var list = await _server.Client.ListHaConnectionsAsync($"{bucket}-{bucket}", Token);

        list.Connections.Should().Equal(new HaConnection
        {
            Bucket = bucket,
            Protocol = "tcp",
            ClientIP = "203.0.113.7",
            ClientPort = 1,
            ExternalIP = "192.0.2.10",
            ExternalPort = 80,
            SourceIP = "203.0.113.7",
            SourcePort = 1,
            EndpointIP = "198.51.100.1",
            EndpointPort = 8080,
            State = "est",
            Version = "1.0.5",
            Idle = 1500,
        });
        (await _server.Client.ListHaConnectionsAsync($"{bucket},{ConnectionBuckets.Of(Connection(2))}", Token)).Connections.Should().HaveCount(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("4096")]
    [InlineData("5-4")]
    [InlineData("-4")]
    [InlineData("1-2-3")]
    [InlineData("0-256")]
    public async Task WrongBuckets_AreNamed(string bucket)
    {
        var answer = await _server.SendAsync("GET", $"{Root}?bucket={bucket}");

        answer.Status.Should().Be(422);
        ((string)answer.Json!["message"]!).Should().Be($"bucket in query must be of type numbers and ranges of buckets, 0 to 4095, e.g. 0-99,4095, at most 256 of them: \"{bucket}\"");
    }

    internal static ConnectionRecord Connection(ushort port) => new()
    {
        Client = FlowAddress.From(IPAddress.Parse("203.0.113.7")),
        ClientPort = port,
        Vip = FlowAddress.From(IPAddress.Parse("192.0.2.10")),
        VipPort = 80,
        Source = FlowAddress.From(IPAddress.Parse("203.0.113.7")),
        SourcePort = port,
        Endpoint = FlowAddress.From(IPAddress.Parse("198.51.100.1")),
        EndpointPort = 8080,
        Protocol = ServiceProtocol.Tcp,
        State = ConnectionState.Established,
        Version = new ConnectionVersion(1, 0, 5),
        Age = TimeSpan.FromMilliseconds(1500),
    };
}
