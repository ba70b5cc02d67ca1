using FluentAssertions;
using Loxi.Bgp.RootTests.Support;
using Loxi.TestKit.Processes;
using Xunit;

namespace Loxi.Bgp.RootTests;

/// <summary>A speaker in a process of its own without any capability.</summary>
public sealed class PrivilegeTests
{
    private static readonly string[] All = ["0.0.0.0", "[::]"];
    private static readonly string[] Unprivileged = ["--bounding-set=-all", "--inh-caps=-all", "--"];

    [Fact]
    public async Task PortBelow1024_IsRefusedWithTheCapabilityThatIsMissing()
    {
        await using var lab = new BgpLab();

        var process = Start(lab);

        (await process.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Should().Be(1);
        process.Lines.Should().Equal(All.Select(static address =>
            $"speaker.listenPort: value '179', expected a port that this program may listen on: listen for BGP on '{address}:179': Permission denied (errno 13); ports below 1024 (sysctl net.ipv4.ip_unprivileged_port_start) need the capability CAP_NET_BIND_SERVICE"));
    }

    [Fact]
    public async Task Gtsm_WhereTheKernelAsksForMore_IsRefusedWithTheCapabilityThatIsMissing()
    {
        Assert.SkipWhen(Environment.OSVersion.Version < new Version(6, 18), "this kernel takes filters of TCP sockets from anybody");
        await using var lab = new BgpLab();

        var process = Start(lab, "--port", "1790", "--gtsm", "1");

        (await process.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Should().Be(1);
        process.Lines.Should().OnlyContain(static line => line.StartsWith("gtsmHops: value '", StringComparison.Ordinal)
            && line.EndsWith("; since Linux 6.18 a filter on a TCP socket needs the capability CAP_NET_ADMIN", StringComparison.Ordinal)).And.NotBeEmpty();
    }

    /// <summary>Neither keys nor the traffic class need a capability; GTSM does not before Linux 6.18.</summary>
    [Fact]
    public async Task AnotherPort_WithAKey_IsUp()
    {
        await using var lab = new BgpLab();
        await using var speaker = new BgpSpeaker(new BgpSpeakerOptions { NetworkNamespace = lab.Namespace(lab.A) });
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var changes = speaker.Subscribe(change =>
        {
            if (change.To == BgpState.Established)
            {
                up.TrySetResult();
            }
        });
        await Start(lab, "--port", "1790", "--password", "correct horse").WaitForLineAsync("ready");

        await speaker.ApplyAsync(
            new BgpConfiguration(new BgpSpeakerSettings(64_512, BgpLab.A4)) { Peers = [new BgpPeerSettings(BgpLab.B4, 64_513) { RemotePort = 1790, Md5Password = "correct horse", ConnectRetryTime = TimeSpan.FromMilliseconds(200) }] },
            cancellationToken: TestContext.Current.CancellationToken);

        await up.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private static LabProcess Start(BgpLab lab, params string[] more)
        => lab.B.Start("loxi-lab", "setpriv", [.. Unprivileged, LabPrograms.Lab, "bgp", "--as", "64513", "--router-id", "192.0.2.2", "--peer", "192.0.2.1,64512", .. more]);
}
