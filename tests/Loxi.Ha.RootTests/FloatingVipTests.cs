using FluentAssertions;
using Loxi.Ha.RootTests.Announce;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Ha.RootTests;

/// <summary>The sample, as its README says to use it: two processes on two hosts.</summary>
public sealed class FloatingVipTests
{
    private const string Vip = "192.0.2.100";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task AHostThatDies_IsReplaced_AndClientsFollow()
    {
        await using var lab = new AnnounceLab();
        var a = await StartMasterAsync(lab.A, 0, "192.0.2.2");
        await lab.SendAsync(AnnounceLab.Vip4, lab.A);
        var b = await StartBackupAsync(lab.B, 1, "192.0.2.1");

        using var capture = lab.Client.Capture("eth0", static p => AnnounceLab.Announces(p, AnnounceLab.Vip4));
        await a.KillAsync();
        await b.WaitForLineAsync("to Master", Limit);
        await capture.WaitForAsync(static _ => true, "announcement");

        // The dead process has left its address behind: on a host that dies the link goes too.
        lab.A.SetUp("eth0", false);
        await lab.SendAsync(AnnounceLab.Vip4, lab.B);
    }

    [Fact]
    public async Task AHostThatIsStopped_HandsOverFirst_AndTakesItsAddressAway()
    {
        await using var lab = new AnnounceLab();
        var a = await StartMasterAsync(lab.A, 0, "192.0.2.2");
        var b = await StartBackupAsync(lab.B, 1, "192.0.2.1");

        (await a.StopAsync(Limit)).Should().Be(0);
        await b.WaitForLineAsync("to Master", Limit);

        lab.A.Ip("address show dev eth0").Should().NotContain(Vip);
        await lab.SendAsync(AnnounceLab.Vip4, lab.B);
        b.Lines.Should().NotContain(static line => line.Contains("MasterSilent", StringComparison.Ordinal), "it was handed the role");
    }

    [Fact]
    public async Task WrongArguments_AreNamed()
    {
        await using var lab = new AnnounceLab();

        var process = lab.A.Start("floatingvip", LabPrograms.Find("Loxi.Samples.FloatingVip", "Loxi.Samples.FloatingVip"), "2", "192.0.2.2", Vip, "eth0");

        (await process.Completion.WaitAsync(Limit, TestContext.Current.CancellationToken)).Should().Be(2);
        process.Lines.Should().ContainSingle().Which.Should().StartWith("usage: floatingvip 0|1 ADDRESS-OF-THE-OTHER-NODE VIP INTERFACE");
    }

    private static async Task<LabProcess> StartMasterAsync(LabHost host, int node, string peer)
    {
        var process = Start(host, node, peer);
        await process.WaitForLineAsync("to Master", Limit);
        return process;
    }

    private static async Task<LabProcess> StartBackupAsync(LabHost host, int node, string peer)
    {
        var process = Start(host, node, peer);
        await process.WaitForLineAsync("to Backup", Limit);
        return process;
    }

    private static LabProcess Start(LabHost host, int node, string peer) =>
        host.Start("floatingvip", LabPrograms.Find("Loxi.Samples.FloatingVip", "Loxi.Samples.FloatingVip"), $"{node}", peer, Vip, "eth0");
}
