using System.Diagnostics.Metrics;
using FluentAssertions;
using Loxi.Ha.Announce;
using Xunit;

namespace Loxi.Ha.RootTests.Announce;

public sealed class RefusalTests
{
    [Fact]
    public async Task NoSuchGroup_OrDisposed_SaysSo()
    {
        await using var lab = new AnnounceLab();
        var a = lab.Announcer(lab.A);

        await ((Func<Task>)(() => a.SetRoleAsync("none", true))).Should().ThrowAsync<ArgumentException>().WithMessage("*'none'*");
        await a.DisposeAsync();
        await ((Func<Task>)(async () => await a.RepeatAsync())).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task AddressOfSomebodyElse_OnAnotherInterface_StaysAndIsTheOnlyOne()
    {
        await using var lab = new AnnounceLab();
        lab.A.Ip($"address add {AnnounceLab.Vip4}/24 dev eth0");
        var a = lab.Announcer(lab.A);
        using var capture = lab.Client.Capture("eth0", static p => AnnounceLab.IsArp(p, AnnounceLab.Vip4, 1));

        await a.ApplyAsync(AnnounceLab.Group(true), TestContext.Current.CancellationToken);

        await capture.WaitForAsync(static _ => true, "an announcement");
        (await a.ReadStatusAsync()).Groups[0].Addresses[0].Condition.Should().Be(AnnouncedAddressCondition.Owned);
        lab.A.Ip("address show dev lo").Should().NotContain($"{AnnounceLab.Vip4}/").And.Contain($"{AnnounceLab.Vip6}/");
        await a.SetRoleAsync("g", false);
        lab.A.Ip("address show dev eth0").Should().Contain($"{AnnounceLab.Vip4}/24");
        (await a.ReadStatusAsync()).Groups[0].Addresses[0].Fault.Should().Contain("eth0");
    }

    [Theory]
    [InlineData("all")]
    [InlineData("eth0")]
    public async Task ArpIgnore_IsSaid_AndTheKernelIsSilentIndeed(string where)
    {
        await using var lab = new AnnounceLab();
        lab.A.Sysctl($"net.ipv4.conf.{where}.arp_ignore", "1");
        var (a, b) = (lab.Announcer(lab.A), lab.Announcer(lab.B));
        await a.ApplyAsync(AnnounceLab.Group(true, "lo", AnnounceLab.Vip4), TestContext.Current.CancellationToken);
        await b.ApplyAsync(AnnounceLab.Group(false, "lo", AnnounceLab.Vip4), TestContext.Current.CancellationToken);

        (await a.ReadStatusAsync()).Groups[0].Addresses[0].Fault.Should().Contain("arp_ignore of eth0");
        // A's announcements are broadcast; an answer to a probe is not, and only the kernel makes one.
        using var answers = lab.B.Capture("eth0", static p => !p.Outgoing && p.Bytes.Length >= 42 && p.Bytes.Span[12..14] is [8, 6] && p.Bytes.Span[21] == 2 && p.Bytes.Span[0] != 0xff);
        await b.ProbeAsync("g", default, TestContext.Current.CancellationToken);

        answers.Packets.Should().BeEmpty();
    }

    [Fact]
    public async Task Metrics_TellWhatIsAnnounced()
    {
        await using var lab = new AnnounceLab();
        using var meters = new Meters();
        var a = lab.Announcer(lab.A);
        new AnnounceMetrics(meters, a, new EachSecond()).Start();
        await a.ApplyAsync(AnnounceLab.Group(true), TestContext.Current.CancellationToken);

        var read = meters.Read();

        read["loxi.ha.announce.addresses placed"].Should().Be(2);
        read["loxi.ha.announce.addresses standby"].Should().Be(0);
        read["loxi.ha.announce.frames arp"].Should().BeGreaterThanOrEqualTo(2);
        read["loxi.ha.announce.frames advertisement"].Should().BeGreaterThanOrEqualTo(1);
        read["loxi.ha.announce.conflicts"].Should().Be(0);
        await a.DisposeAsync();
        meters.Read().Should().BeEmpty("there is nothing to measure");
    }

    [Fact]
    public async Task LinkIsMadeAnew_TheAddressesComeBack()
    {
        await using var lab = new AnnounceLab();
        lab.A.Ip("link add br9 type bridge");
        var a = lab.Announcer(lab.A);
        await a.ApplyAsync(AnnounceLab.Group(true, "br9"), TestContext.Current.CancellationToken);
        using var capture = lab.Client.Capture("eth0", static p => AnnounceLab.Announces(p, AnnounceLab.Vip4));
        lab.A.Ip("link del br9");
        lab.A.Ip("link add br9 type bridge");
        lab.A.SetUp("br9", true);

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        while (!lab.A.Ip("address show dev br9").Contains($"{AnnounceLab.Vip6}/128", StringComparison.Ordinal))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        lab.A.Ip("address show dev br9").Should().Contain($"{AnnounceLab.Vip4}/32");
        await capture.WaitForAsync(static _ => true, "announcements go on");
    }

    /// <summary>A second passes between any two looks: nothing that was read is fresh.</summary>
    private sealed class EachSecond : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency);
    }

    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            _meters.Add(new Meter(options));
            return _meters[^1];
        }

        public void Dispose() => _meters.ForEach(static m => m.Dispose());

        internal Dictionary<string, long> Read()
        {
            var values = new Dictionary<string, long>();
            using var listener = new MeterListener { InstrumentPublished = (instrument, l) => _ = _meters.Contains(instrument.Meter) && Enable(l, instrument) };
            listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => values[tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}"] = value);
            listener.Start();
            listener.RecordObservableInstruments();
            return values;
        }

        private static bool Enable(MeterListener listener, Instrument instrument)
        {
            listener.EnableMeasurementEvents(instrument);
            return true;
        }
    }
}
