using FluentAssertions;
using Loxi.Core.Services;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Changes;

/// <summary>Persistent clients stay with their endpoint whatever happens to another one; those of the other one get a new one and stay there.</summary>
public sealed class PersistChangeTests
{
    [Theory]
    [InlineData("tc")]
    [InlineData("xdp")]
    public async Task ClientsOfTheOtherEndpoints_StayWhenOneComesDrainsAndGoes(string hook)
    {
        await using var lab = await ChangeLab.StartAsync(hook, SelectionPolicy.Persist, 0, 1);
        await lab.StartLoadAsync();
        var homes = lab.KeptServers();
        homes.Distinct().Should().BeEquivalentTo(["ep1", "ep2"]);

        await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(2));
        await ChangeLab.GoOnAsync([.. lab.Kept, .. lab.News]);
        ServersOf(lab.News).Should().Equal(homes);
        (await HomesAsync(lab, ChangeLab.Clients)).Should().Contain("ep3", "some of the new clients go to the new endpoint");

        await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(1, state: "draining"));
        var moved = await HomesAsync(lab, 0);
        await ChangeLab.GoOnAsync([.. lab.Kept, .. lab.News]);
        CheckMoved(homes, moved);
        (await HomesAsync(lab, 0)).Should().Equal(moved);
        lab.KeptServers().Should().Equal(homes, "a draining endpoint keeps its connections");

        // Nobody who is open is there any more but the kept ones.
        await ChangeLab.StopWholeAsync(Of(lab.Kept, homes, "ep2"));
        await lab.PostAsync(ChangeLab.Detach, ChangeLab.Endpoint(1));
        await ChangeLab.GoOnAsync([.. lab.Kept.Except(Of(lab.Kept, homes, "ep2")), .. lab.News]);
        (await HomesAsync(lab, 0)).Should().Equal(moved);

        await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(1));
        (await HomesAsync(lab, 0)).Should().Equal(moved, "who has a home stays there when another endpoint is back");
        await ChangeLab.StopWholeAsync(lab.Kept);
        await ChangeLab.StopWholeAsync(lab.News);
    }

    [Fact]
    public async Task ClientsOfARemovedEndpoint_GetAnotherAndStayThere()
    {
        await using var lab = await ChangeLab.StartAsync("tc", SelectionPolicy.Persist, 0, 1, 2);
        await lab.StartLoadAsync();
        var homes = lab.KeptServers();
        homes.Distinct().Should().BeEquivalentTo(["ep1", "ep2", "ep3"]);

        await lab.PostAsync(ChangeLab.Detach, ChangeLab.Endpoint(1));

        var moved = await HomesAsync(lab, 0);
        CheckMoved(homes, moved);
        var gone = Of(lab.Kept, homes, "ep2");
        await Task.WhenAll(gone.Select(load => load.Completion)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await ChangeLab.GoOnAsync([.. lab.Kept.Except(gone), .. lab.News]);
        (await HomesAsync(lab, 0)).Should().Equal(moved);
        (await ChangeLab.StopAsync(gone)).Should().OnlyContain(report => report.Errors.Select(error => error.Kind).SequenceEqual(new[] { ErrorKind.Reset }));
        await ChangeLab.StopWholeAsync(lab.Kept.Except(gone));
        var news = await ChangeLab.StopAsync(lab.News);
        for (var client = 0; client < ChangeLab.Clients; client++)
        {
            news[client].PerServer.Keys.Should().BeEquivalentTo(((string[])[homes[client], moved[client]]).Distinct());
            // Of the removed endpoint's clients a request can have been on its way.
            news[client].Failed.Should().BeLessThanOrEqualTo(homes[client] == "ep2" ? 1 : 0, news[client].ToString());
        }
    }

    private static void CheckMoved(IReadOnlyList<string> homes, IReadOnlyList<string> moved)
    {
        for (var client = 0; client < ChangeLab.Clients; client++)
        {
            (homes[client] == "ep2" ? moved[client] is "ep1" or "ep3" : moved[client] == homes[client]).Should().BeTrue($"client {client} was at {homes[client]} and is at {moved[client]}");
        }
    }

    /// <summary>The one server that each of twelve clients gets with three new connections.</summary>
    private static async Task<IReadOnlyList<string>> HomesAsync(ChangeLab lab, int first)
    {
        var homes = new List<string>();
        for (var client = first; client < first + ChangeLab.Clients; client++)
        {
            homes.Add((await lab.ServedAsync(3, client)).Should().ContainSingle().Subject.Key);
        }

        return homes;
    }

    private static IReadOnlyList<string> ServersOf(IEnumerable<Load> loads) => [.. loads.Select(load => load.Report.PerServer.Keys.Should().ContainSingle().Subject)];

    private static List<Load> Of(IEnumerable<Load> loads, IReadOnlyList<string> servers, string server) => [.. loads.Where((_, i) => servers[i] == server)];
}
