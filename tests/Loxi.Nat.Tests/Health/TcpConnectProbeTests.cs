using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Nat.Health;
using Xunit;

namespace Loxi.Nat.Tests.Health;

public sealed class TcpConnectProbeTests
{
    [Fact]
    public async Task Listener_UpWithDelayThenClosed_Down()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var changes = System.Threading.Channels.Channel.CreateUnbounded<HealthChange>();
        var settings = new ProbeSettings { Period = TimeSpan.FromMilliseconds(50), Fall = 2 };
        var target = new ProbeTarget(IPAddress.Loopback, port, settings);
        await using var scheduler = new ProbeScheduler(
            new TcpConnectProbe(), TimeProvider.System, new Random(1), change => changes.Writer.TryWrite(change));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));

        await scheduler.ApplyAsync([target], limit.Token);
        var up = await changes.Reader.ReadAsync(limit.Token);
        listener.Stop();
        var down = await changes.Reader.ReadAsync(limit.Token);

        up.Current.State.Should().Be(HealthState.Up);
        down.Current.State.Should().Be(HealthState.Down);
        down.Cause.Should().Be(ProbeResult.Refused);
        var status = scheduler.TryGetStatus(target)!;
        status.MinDelay.Should().NotBeNull().And.BeLessThan(TimeSpan.FromSeconds(1));
        status.AverageDelay.Should().BeGreaterThanOrEqualTo(status.MinDelay!.Value).And.BeLessThanOrEqualTo(status.MaxDelay!.Value);
    }

    [Fact]
    public async Task Listener_SeesOrderlyClose()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var target = new ProbeTarget(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port, new ProbeSettings());

        var result = await new TcpConnectProbe().ProbeAsync(target, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var read = await accepted.ReceiveAsync(new byte[1], SocketFlags.None, TestContext.Current.CancellationToken);

        result.Should().Be(ProbeResult.Success);
        read.Should().Be(0, "a FIN reads as the end, a RST would throw");
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, ProbeResult.Refused)]
    [InlineData(SocketError.TimedOut, ProbeResult.TimedOut)]
    [InlineData(SocketError.HostUnreachable, ProbeResult.Unreachable)]
    [InlineData(SocketError.NetworkUnreachable, ProbeResult.Unreachable)]
    [InlineData(SocketError.TooManyOpenSockets, ProbeResult.LocalError)]
    [InlineData(SocketError.AddressNotAvailable, ProbeResult.LocalError)]
    public void SocketError_Classified(SocketError error, ProbeResult expected) =>
        TcpConnectProbe.Classify(error).Should().Be(expected);
}
