using FluentAssertions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Bgp;

/// <summary><c>loxictl</c> against a node with a session, to the last word of it.</summary>
public sealed class BgpCommandLineTests
{
    private const string Learned = "10.9.0.0/16";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NeighborsRoutesPoliciesAndErrors_AreShownAndChanged_WhileALiveViewFollows()
    {
        await using var scenario = await Scenario.StartAsync(null, "tc", "--bgp");
        var peer = scenario.Lab.ClientV4;
        scenario.Lab.Client.Start("loxi-lab", LabPrograms.Lab, "bgp", "--as", "64501", "--router-id", peer, "--peer", $"{StandardLab.NodeClientV4},64500", "--announce", Learned);
        await scenario.AddServiceAsync(StandardLab.RoutedVipV4, change: static arguments => arguments with { Bgp = true });
        Run("bgpglobal created\n", "create bgpglobal 64500 --router-id 192.0.2.1");
        Run($"bgpneighbor {peer} created\n", $"create bgpneighbor {peer} 64501 --connect-retry 100 --description spine");
        var view = scenario.Lab.Node.Start("loxictl", LabPrograms.Cli, "get", "bgpneighbor", "--watch", "--interval", "0.2");
        await view.WaitForLineAsync($@"^{peer} +64501 +\S+ +ESTABLISHED +spine");

        // A neighbour of another AS, without a policy: what it tells is kept, and rejected.
        await UntilAsync("get bgproute --kind rejected", $@"^{Learned} .* default-reject$");
        Show($"get bgproute --kind out --peer {peer}").Should().MatchRegex($@"(?m)^{StandardLab.RoutedVipV4}/32 .* 64500 +10 ").And.NotContain(Learned);
        Show("get bgproute").Should().MatchRegex($@"(?m)^{StandardLab.RoutedVipV4}/32 +> +self +self ").And.NotContain(Learned);

        var file = Path.Combine(scenario.Lab.Lab.StateDirectory, "policy.json");
        await File.WriteAllTextAsync(file, """{"statements":[{"conditions":{"matchPrefixSet":{"prefixSet":"ps1"}},"actions":{"routeDisposition":"accept-route","bgpActions":{"setLocalPerf":300}}}]}""", Cancellation);
        Run("bgpdefinedset prefix ps1 created\n", $"create bgpdefinedset prefix ps1 {Learned}");
        Run("bgppolicy p1 created\n", $"create bgppolicy p1 --file {file}");
        Run($"bgppolicyapply {peer} import created\n", $"create bgppolicyapply {peer} import p1");
        await UntilAsync("get bgproute --kind in", $@"^{Learned} +> +{peer} +{peer} +64501 +- +300 ");
        Show("get bgproute --kind rejected").Should().NotContain(Learned);
        (await scenario.Api.ListBgpPeersAsync(Cancellation)).Single().Counters.Established.Should().Be(1, "a policy touches no session");

        Run($"bgpneighbor {peer} reset\n", $"set bgp neighbor {peer} reset changed");
        await UntilAsync("get bgpneighbor -o wide", $@"^{peer} .* established .* ipv4 +1 +1 +1 ");
        Show($"get bgpneighbor {peer} errors").Should().MatchRegex(@"(?m)^\S+Z +end +us +established +6/4 ");
        Run($"bgpneighbor {peer} shut down\n", $"set bgp neighbor {peer} shutdown maintenance");
        await view.WaitForLineAsync($@"^{peer} +64501 +\S+ +IDLE +spine +administratively down");
        Show($"get bgpneighbor {peer} errors").Should().MatchRegex(@"(?m)^\S+Z +end +us +established +6/2 ");
        Run($"bgpneighbor {peer} started\n", $"set bgp neighbor {peer} start");
        await UntilAsync("get bgpneighbor", $@"^{peer} .* ESTABLISHED ");
        Run($"bgpneighbor {peer} deleted\n", $"delete bgpneighbor {peer}");
        Show("get bgpneighbor").Should().NotContain(peer);
        Run("bgpglobal deleted\n", "delete bgpglobal");

        string Show(string line)
        {
            var (exitCode, output, error) = scenario.Lab.Node.TryExec(LabPrograms.Cli, line.Split(' '));
            (exitCode, error).Should().Be((0, ""), line);
            return string.Join('\n', output.Split('\n').Select(static row => row.TrimEnd()));
        }

        void Run(string output, string line) => scenario.Lab.Node.TryExec(LabPrograms.Cli, line.Split(' ')).Should().Be((0, output, ""), line);

        Task UntilAsync(string line, string pattern) => Scenario.WaitUntilAsync(
            () =>
            {
                var shown = Show(line);
                return Task.FromResult((System.Text.RegularExpressions.Regex.IsMatch(shown, "(?m)" + pattern), $"{line}:\n{shown}\nwanted: {pattern}"));
            },
            TimeSpan.FromSeconds(30));
    }
}
