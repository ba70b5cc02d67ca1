using System.Globalization;
using FluentAssertions;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Scenarios.RootTests.Changes;

/// <summary>Least connections goes by what is open now, for the weights that hold now.</summary>
public sealed class LeastConnectionsChangeTests
{
    [Theory]
    [InlineData("tc")]
    [InlineData("xdp")]
    public async Task NewConnections_GoToTheLeastLoadedThroughEveryChange(string hook)
    {
        await using var lab = await ChangeLab.StartAsync(hook, SelectionPolicy.LeastConnections, 0, 1);
        var held = new List<HeldConnection>();
        try
        {
            (await OpenAsync(lab, held, 4)).Should().Be("ep1=2 ep2=2");

            await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(2));
            (await OpenAsync(lab, held, 2)).Should().Be("ep3=2");

            held.Where(connection => connection.Server == "ep1").ToList().ForEach(connection => connection.Abort());
            // The node sees the RST before the server does.
            await Scenario.WaitUntilAsync(() => Task.FromResult((lab.Servers[0].Open == 0, $"{lab.Servers[0].Open} connections are open at ep1")));
            held.RemoveAll(connection => connection.Server == "ep1");
            (await OpenAsync(lab, held, 2)).Should().Be("ep1=2");

            await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(1, state: "draining"));
            (await OpenAsync(lab, held, 4)).Should().Be("ep1=2 ep3=2");

            await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(1, state: "active"));
            (await OpenAsync(lab, held, 2)).Should().Be("ep2=2");

            // 4, 4, 4 are open: the first has room for 16.
            await lab.PostAsync(ChangeLab.Attach, ChangeLab.Endpoint(0, weight: 4));
            (await OpenAsync(lab, held, 12)).Should().Be("ep1=12");
            (await OpenAsync(lab, held, 12)).Should().Be("ep1=8 ep2=2 ep3=2");
            foreach (var connection in held)
            {
                (await connection.AskAsync()).Should().Be((connection.Server, connection.Source));
            }
        }
        finally
        {
            held.ForEach(connection => connection.Dispose());
        }
    }

    private static async Task<string> OpenAsync(ChangeLab lab, List<HeldConnection> held, int count)
    {
        var opened = await HeldConnection.OpenAsync(lab.Client(0), lab.Target, count);
        held.AddRange(opened);
        return string.Join(' ', opened.CountBy(connection => connection.Server).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key}={one.Value}")));
    }
}
