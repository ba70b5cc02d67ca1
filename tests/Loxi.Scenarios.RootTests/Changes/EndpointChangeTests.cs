using FluentAssertions;
using Loxi.Core.Services;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Changes;

/// <summary>Endpoints that come, go, drain or get another weight while connections run: those to the other endpoints notice nothing.</summary>
public sealed class EndpointChangeTests
{
    public static TheoryData<string, SelectionPolicy> Cases => new()
    {
        { "tc", SelectionPolicy.RoundRobin },
        { "xdp", SelectionPolicy.WeightedRoundRobin },
        { "tc", SelectionPolicy.LeastConnections },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task AddedEndpoint_GetsItsShareAndDisturbsNobody(string hook, SelectionPolicy selection)
    {
        await using var lab = await ChangeLab.StartAsync(hook, selection, 0, 1);
        await lab.StartLoadAsync();
        var before = lab.KeptServers();
        before.Distinct().Should().BeEquivalentTo(["ep1", "ep2"]);

        await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(2));

        await ChangeLab.GoOnAsync([.. lab.Kept, .. lab.News]);
        await ChangeLab.StopWholeAsync(lab.News);
        var served = await lab.ServedAsync(30);
        // By least connections everything goes where nobody is yet.
        served.Should().BeEquivalentTo(selection == SelectionPolicy.LeastConnections ? new Dictionary<string, long> { ["ep3"] = 30 } : Shares(10, 10, 10));
        await ChangeLab.GoOnAsync(lab.Kept);
        lab.KeptServers().Should().Equal(before);
        await ChangeLab.StopWholeAsync(lab.Kept);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task DrainedEndpoint_KeepsItsConnectionsAndGetsNoNewOneUntilItIsBack(string hook, SelectionPolicy selection)
    {
        await using var lab = await ChangeLab.StartAsync(hook, selection, 0, 1, 2);
        await lab.StartLoadAsync();
        var before = lab.KeptServers();
        before.Distinct().Should().BeEquivalentTo(["ep1", "ep2", "ep3"]);

        await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(1, state: "draining"));

        using var syns = Syns(lab);
        await ChangeLab.GoOnAsync([.. lab.Kept, .. lab.News]);
        await ChangeLab.StopWholeAsync(lab.News);
        CheckServed(await lab.ServedAsync(30), selection, 15, 0, 15);
        (syns.Packets.Count, syns.Dropped).Should().Be((0, 0));

        await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(1, state: "active"));

        CheckServed(await lab.ServedAsync(30), selection, 10, 10, 10);
        await ChangeLab.GoOnAsync(lab.Kept);
        lab.KeptServers().Should().Equal(before);
        await ChangeLab.StopWholeAsync(lab.Kept);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task RemovedEndpoint_LosesItsConnectionsByAResetAndNobodyElseDoes(string hook, SelectionPolicy selection)
    {
        await using var lab = await ChangeLab.StartAsync(hook, selection, 0, 1, 2);
        await lab.StartLoadAsync();
        var before = lab.KeptServers();
        before.Distinct().Should().BeEquivalentTo(["ep1", "ep2", "ep3"]);

        await lab.PostAsync(ChangeLab.Detach, ChangeLab.Endpoint(1));

        using var syns = Syns(lab);
        var (gone, left) = (Of(lab, before, server => server == "ep2"), Of(lab, before, server => server != "ep2"));
        await Task.WhenAll(gone.Select(load => load.Completion)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await ChangeLab.GoOnAsync([.. left, .. lab.News]);
        var news = await ChangeLab.StopAsync(lab.News);
        CheckServed(await lab.ServedAsync(30), selection, 15, 0, 15);
        (syns.Packets.Count, syns.Dropped).Should().Be((0, 0));
        (await ChangeLab.StopAsync(gone)).Should().OnlyContain(report => report.Errors.Select(error => error.Kind).SequenceEqual(new[] { ErrorKind.Reset }));
        // One request of each client can have been on its way.
        news.Should().OnlyContain(report => report.Errors.Count <= 1 && report.Errors.All(error => error.Kind == ErrorKind.Reset));
        lab.KeptServers().Should().Equal(before);
        await ChangeLab.StopWholeAsync(left);
    }

    [Theory]
    [InlineData("tc", ChangeLab.Attach)]
    [InlineData("xdp", 0)]
    public async Task OtherWeights_HoldFromTheNextConnectionOnAndDisturbNobody(string hook, long operation)
    {
        await using var lab = await ChangeLab.StartAsync(hook, SelectionPolicy.WeightedRoundRobin, 0, 1, 2);
        await lab.StartLoadAsync();
        var before = lab.KeptServers();

        for (var i = 0; i < 10; i++)
        {
            await lab.PostAsync(operation, ChangeLab.Endpoint(0, 1 + i), ChangeLab.Endpoint(1, 20 - i), ChangeLab.Endpoint(2, 3));
            await ChangeLab.GoOnAsync([lab.News[i]]);
        }

        await lab.PostAsync(operation, ChangeLab.Endpoint(0, 5), ChangeLab.Endpoint(1, 2), ChangeLab.Endpoint(2));
        await ChangeLab.StopWholeAsync(lab.News);
        (await lab.ServedAsync(80)).Should().BeEquivalentTo(Shares(50, 20, 10));
        await lab.PostAsync(operation, ChangeLab.Endpoint(0), ChangeLab.Endpoint(1, 4), ChangeLab.Endpoint(2, 4));
        (await lab.ServedAsync(9)).Should().BeEquivalentTo(Shares(1, 4, 4));
        await ChangeLab.GoOnAsync(lab.Kept);
        lab.KeptServers().Should().Equal(before);
        await ChangeLab.StopWholeAsync(lab.Kept);
    }

    /// <summary>Exactly these, but by least connections, where an end that the node has not seen yet moves the next one.</summary>
    private static void CheckServed(IReadOnlyDictionary<string, long> served, SelectionPolicy selection, params long[] wanted)
    {
        if (selection == SelectionPolicy.LeastConnections)
        {
            served.Keys.Should().BeEquivalentTo(Shares(wanted).Keys);
        }
        else
        {
            served.Should().BeEquivalentTo(Shares(wanted));
        }
    }

    private static Dictionary<string, long> Shares(params long[] shares)
        => shares.Select((share, i) => (Name: $"ep{i + 1}", Share: share)).Where(one => one.Share > 0).ToDictionary(one => one.Name, one => one.Share);

    private static List<Load> Of(ChangeLab lab, IReadOnlyList<string> servers, Func<string, bool> which) => [.. lab.Kept.Where((_, i) => which(servers[i]))];

    private static PacketCapture Syns(ChangeLab lab) => lab.Lab.Endpoints[1].Capture("eth0", packet => !packet.Outgoing && packet.HasFlags(TcpBits.Syn));
}
