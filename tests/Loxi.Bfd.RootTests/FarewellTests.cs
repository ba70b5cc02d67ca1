using FluentAssertions;
using Loxi.Bfd.RootTests.Support;
using Loxi.Bfd.Session;
using Loxi.Bfd.Wire;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Processes;
using Xunit;

namespace Loxi.Bfd.RootTests;

/// <summary>RFC 5880 6.8.16: AdminDown is told for at least a detection time, so that the peer is aware of it.</summary>
public sealed class FarewellTests
{
    /// <summary>The peer stands still when it is told, and knows all the same when it goes on: more than one packet was sent, none after its detection time of 3 s.</summary>
    [Fact]
    public async Task Rfc5880_Section6_8_16_Removed_APeerThatDoesNotAnswer_IsToldForItsDetectionTime()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A);
        var b = await UpAsync(lab, a, 1000);
        using var wire = Watch(lab);
        b.Pause();

        await a.SetAsync([]);

        (await a.ReadSessionsAsync()).Should().BeEmpty("nobody wants it any more");
        BfdLab.IsFree(lab.A, 3784).Should().BeFalse("its peer is still told");
        SpinWait.SpinUntil(() => BfdLab.IsFree(lab.A, 3784), TimeSpan.FromSeconds(10)).Should().BeTrue();
        var told = wire.Packets.Select(static p => (p.Moment, Packet: Read(p))).ToList();
        told.Should().HaveCountGreaterThanOrEqualTo(3).And.OnlyContain(static p => p.Packet.State == BfdState.AdminDown && p.Packet.Diagnostic == BfdDiagnostic.AdministrativelyDown);
        (told[^1].Moment - told[0].Moment).Should().BeGreaterThan(TimeSpan.FromSeconds(1.5)).And.BeLessThan(TimeSpan.FromSeconds(3.1));
        b.Continue();
        await b.WaitForLineAsync(" Up Down NeighborSignaledAdminDown ");
    }

    [Fact]
    public async Task Removed_APeerThatAnswers_IsToldOnce()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A);
        var b = await UpAsync(lab, a, 1000);
        using var wire = Watch(lab);

        await a.SetAsync([]);

        await b.WaitForLineAsync(" Up Down NeighborSignaledAdminDown ");
        SpinWait.SpinUntil(() => BfdLab.IsFree(lab.A, 3784), TimeSpan.FromMilliseconds(700)).Should().BeTrue("the next packet would be due after 750 ms");
        wire.Packets.Select(Read).Where(static p => p.State == BfdState.AdminDown).Should().ContainSingle();
    }

    [Fact]
    public async Task RemovedAndAddedAgain_WhileThePeerIsTold_IsANewSession()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A);
        var b = await UpAsync(lab, a, 1000);
        var before = (await a.OnlyAsync()).Status.LocalDiscriminator;
        b.Pause();
        using var changes = new Changes(a);

        await a.SetAsync([]);
        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        b.Continue();

        await changes.WaitForAsync(BfdState.Up);
        var report = await a.OnlyAsync();
        report.Status.LocalDiscriminator.Should().NotBe(before);
        report.Status.Settings.DesiredMinTxInterval.Should().Be(TimeSpan.FromMilliseconds(50));
        await a.ReceiveMoreAsync(3);
    }

    [Theory]
    [InlineData(0, 0, 0.7, 1)]
    [InlineData(1500, 1.4, 2.8, 2)]
    public async Task Disposed_APeerThatDoesNotAnswer_IsToldForNoLongerThanTheSpeakerMayTake(int milliseconds, double atLeast, double atMost, int packets)
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A, stopTimeout: TimeSpan.FromMilliseconds(milliseconds));
        var b = await UpAsync(lab, a, 1000);
        using var wire = Watch(lab);
        b.Pause();
        var start = TimeProvider.System.GetTimestamp();

        await a.DisposeAsync();

        TimeProvider.System.GetElapsedTime(start).TotalSeconds.Should().BeGreaterThanOrEqualTo(atLeast).And.BeLessThan(atMost);
        await wire.WaitForAsync(static p => Read(p).State == BfdState.AdminDown, packets, "AdminDown");
        wire.Packets.Count(static p => Read(p).State == BfdState.AdminDown).Should().Be(packets);
        b.Continue();
    }

    [Fact]
    public async Task Disposed_PeersThatWereNotUp_AreNotWaitedFor()
    {
        await using var lab = new BfdLab();
        var a = lab.Speaker(lab.A, stopTimeout: TimeSpan.FromMinutes(1));
        await a.SetAsync([BfdLab.To(BfdLab.B4, 1000)]);

        await a.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
    }

    private static PacketCapture Watch(BfdLab lab) => lab.B.Capture("eth0", static p => p.DestinationPort == 3784 && !p.Outgoing);

    private static BfdControlPacket Read(CapturedPacket packet)
    {
        BfdControlCodec.Read(packet.Payload.Span, out var control).Should().Be(BfdDiscardReason.None);
        return control;
    }

    private static async Task<LabProcess> UpAsync(BfdLab lab, BfdSpeaker a, int milliseconds)
    {
        var b = await BfdLab.StartAsync(lab.B, "--peer", "192.0.2.1", "--interval", $"{milliseconds}000");
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4, milliseconds)]);
        await changes.WaitForAsync(BfdState.Up);
        await b.WaitForLineAsync(" Up Handshake ");
        await a.WaitUntilAsync(static (BfdSessionReport r) => r.Status.RemoteState == BfdState.Up, "the peer is up too");
        return b;
    }
}
