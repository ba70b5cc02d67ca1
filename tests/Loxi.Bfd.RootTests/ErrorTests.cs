using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bfd.RootTests.Support;
using Loxi.Linux.Processes;
using Xunit;

namespace Loxi.Bfd.RootTests;

/// <summary>What cannot be put in force is said at once, and nothing of it is.</summary>
public sealed class ErrorTests
{
    [Fact]
    public async Task PortOfAnotherSpeaker_IsInUse_AndTheOtherGoesOn()
    {
        await using var lab = new BfdLab();
        var (a, b, second) = (lab.Speaker(lab.A), lab.Speaker(lab.B), lab.Speaker(lab.A));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);
        await changes.WaitForAsync(BfdState.Up);

        var error = (await FluentActions.Awaiting(() => second.SetAsync([BfdLab.To(BfdLab.B4), BfdLab.To(BfdLab.B6)])).Should().ThrowAsync<InvalidBfdSessionsException>()).Which;

        error.Problems.Should().ContainSingle().Which.ToString().Should().Be("port: value '3784/udp', expected a port that no other program has on IPv4 (another BFD daemon?)");
        (await second.ReadSessionsAsync()).Should().BeEmpty();
        await second.SetAsync([BfdLab.To(BfdLab.B6)]);
        await a.ReceiveMoreAsync(5);
        (await a.OnlyAsync()).Status.TransitionCount.Should().BeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task PortOfAnotherProgram_IsInUse_UntilItIsFree()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A);
        using (var other = lab.A.CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            other.Bind(new IPEndPoint(IPAddress.Any, 4784));
            await FluentActions.Awaiting(() => a.SetAsync([BfdLab.To(BfdLab.B4) with { Kind = BfdSessionKind.Multihop }])).Should().ThrowAsync<InvalidBfdSessionsException>().WithMessage("*4784/udp*");
        }

        await a.SetAsync([BfdLab.To(BfdLab.B4) with { Kind = BfdSessionKind.Multihop }]);
    }

    [Fact]
    public async Task EverythingThatIsWrong_IsSaidAtOnce_AndNothingChanges()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);
        await changes.WaitForAsync(BfdState.Up);
        var before = await a.OnlyAsync();
        var descriptors = Descriptors();

        var error = (await FluentActions.Awaiting(() => a.SetAsync([
            BfdLab.To(BfdLab.B4, milliseconds: 500),
            BfdLab.To(BfdLab.B6),
            BfdLab.To(IPAddress.Parse("192.0.2.3")) with { LocalAddress = IPAddress.Parse("192.0.2.77") },
            BfdLab.To(IPAddress.Parse("192.0.2.4")) with { Interface = "eth9" },
            BfdLab.To(IPAddress.Parse("fe80::5")) with { Interface = "eth0", LocalAddress = IPAddress.Parse("fe80::77") },
            BfdLab.To(BfdLab.A4),
            BfdLab.To(BfdLab.A6) with { Kind = BfdSessionKind.Multihop },
        ])).Should().ThrowAsync<InvalidBfdSessionsException>()).Which;

        error.Problems.Select(static p => p.ToString()).Should().Equal(
            "sessions[2].localAddress: value '192.0.2.77', expected an address of this host",
            "sessions[3].interface: value 'eth9', expected the name of an interface of this host",
            "sessions[4].localAddress: value 'fe80::77', expected an address of this host on eth0",
            "sessions[5].peerAddress: value '192.0.2.1', expected the address of another host",
            "sessions[6].peerAddress: value '2001:db8::1', expected the address of another host");
        var after = await a.OnlyAsync();
        after.Status.Settings.Should().Be(before.Status.Settings);
        after.Status.TransitionCount.Should().Be(before.Status.TransitionCount);
        Descriptors().Should().Be(descriptors, "what was opened for the others is closed");
    }

    [Fact]
    public async Task SameInterfaceByNameAndByScope_IsADuplicate()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A);
        var index = int.Parse(lab.A.Ip("-o link show dev eth0").Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);

        await FluentActions.Awaiting(() => a.SetAsync([
            BfdLab.To(IPAddress.Parse("fe80::2")) with { Interface = "eth0" },
            BfdLab.To(IPAddress.Parse($"fe80::2%{index}")),
        ])).Should().ThrowAsync<InvalidBfdSessionsException>().WithMessage("sessions[1].peerAddress:*sessions[0]*");
    }

    [Fact]
    public async Task WrongSettings_AreSaidBeforeAnythingIsOpened()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A);
        var descriptors = Descriptors();

        await FluentActions.Awaiting(() => a.SetAsync([BfdLab.To(BfdLab.B4, detectMult: 0)])).Should().ThrowAsync<InvalidBfdSessionsException>().WithMessage("sessions[0].detectMult:*");

        Descriptors().Should().Be(descriptors);
        FluentActions.Invoking(() => new BfdSpeaker(new BfdSpeakerOptions { RealTimePriority = 100 })).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new BfdSpeaker(new BfdSpeakerOptions { StopTimeout = TimeSpan.FromTicks(-1) })).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new BfdSpeaker(new BfdSpeakerOptions { StopTimeout = TimeSpan.FromSeconds(61) })).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task NoPrivilege_TheOrdinaryClassAndTheSystemsBuffersAreKept_AndTheLogSaysSo()
    {
        await using var lab = new BfdLab();
        using var log = new LogLines();
        var (a, b) = (lab.Speaker(lab.A, log.Factory, priority: 10), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);

        // 200 sessions at 10 ms need more room than an ordinary process gets.
        BfdSessionSettings[] sessions = [.. Enumerable.Range(10, 200).Select(static i => BfdLab.To(IPAddress.Parse($"192.0.2.{i}"), milliseconds: 10)), BfdLab.To(BfdLab.B4)];
        Unprivileged.Run(() => a.SetAsync(sessions).Wait(TimeSpan.FromSeconds(10)), Capability.NetAdmin, Capability.SysNice).Should().BeTrue();

        await changes.WaitForAsync(BfdState.Up);
        var status = await a.ReadStatusAsync();
        status.IsRealTime.Should().BeFalse();
        status.IsBufferLimited.Should().BeTrue();
        log.Lines.Where(static l => l.Id == 5010).Should().ContainSingle().Which.Text.Should().Contain("CAP_SYS_NICE");
        log.Lines.Where(static l => l.Id == 5011).Should().ContainSingle().Which.Text.Should().Contain("CAP_NET_ADMIN").And.Contain("3784");
    }

    [Fact]
    public async Task RealTimeClass_IsTaken()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A, priority: 10);

        await a.SetAsync([BfdLab.To(BfdLab.B4)]);

        (await a.ReadStatusAsync()).IsRealTime.Should().BeTrue();
        // Field 41 of stat is the policy (proc(5)); the name in parentheses may hold blanks.
        var engine = Directory.GetDirectories("/proc/self/task").Single(static t => File.ReadAllText(Path.Combine(t, "comm")).Trim() == "Loxi.Bfd");
        var stat = File.ReadAllText(Path.Combine(engine, "stat"));
        stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[38].Should().Be("1", "SCHED_FIFO");
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Count(static path => TargetOf(path).StartsWith("socket:", StringComparison.Ordinal));

    private static string TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return ""; // the descriptor of the listing itself
        }
    }
}
