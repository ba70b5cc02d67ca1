using System.Diagnostics.Metrics;

namespace Loxi.Ha.Announce;

/// <summary>The announcer's counters as a meter. They are read from its thread when somebody collects them.</summary>
public sealed class AnnounceMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Loxi.Ha.Announce";

    // One collection asks for every instrument: they shall be of one moment.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Meter _meter;
    private readonly NeighbourAnnouncer _announcer;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private AnnouncerStatus? _read;
    private long _readAt;

    /// <summary>Makes the meter; it has no instruments until <see cref="Start"/>.</summary>
    /// <param name="meters">Where to make it.</param>
    /// <param name="announcer">What to measure.</param>
    /// <param name="time">Says how long a reading serves; null for the system's.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public AnnounceMetrics(IMeterFactory meters, NeighbourAnnouncer announcer, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(announcer);
        _meter = meters.Create(MeterName);
        _announcer = announcer;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Makes the instruments: addresses by condition, frames by kind, what failed, claims of others and defences.</summary>
    public void Start()
    {
        _meter.CreateObservableGauge("loxi.ha.announce.addresses", ReadAddresses, "{address}", "Addresses of VIP groups by condition.");
        _meter.CreateObservableCounter("loxi.ha.announce.frames", ReadFrames, "{frame}", "Frames sent, by kind.");
        _meter.CreateObservableCounter("loxi.ha.announce.send.errors", () => Of(static c => c.SendErrors), "{frame}", "Frames that a link would not send.");
        _meter.CreateObservableCounter("loxi.ha.announce.address.errors", () => Of(static c => c.AddressErrors), "{address}", "Addresses that the kernel would not add or remove.");
        _meter.CreateObservableCounter("loxi.ha.announce.conflicts", () => Of(static c => c.Conflicts), "{claim}", "Claims of other hosts for addresses of this node.");
        _meter.CreateObservableCounter("loxi.ha.announce.defences", () => Of(static c => c.Defences), "{announcement}", "Announcements made because of them.");
        _meter.CreateObservableCounter("loxi.ha.announce.claims.lost", () => Of(static c => c.ClaimsLost), "{claim}", "Claims not looked at because too many waited.");
    }

    private AnnouncerStatus? Read()
    {
        lock (_gate)
        {
            if (_read is not null && _time.GetElapsedTime(_readAt) < Fresh)
            {
                return _read;
            }

            _read = null;
            try
            {
                // Collecting is synchronous, and the announcer answers at its next turn.
                var status = _announcer.ReadStatusAsync();
                if (status.Wait(Patience))
                {
                    _read = status.Result;
                    _readAt = _time.GetTimestamp();
                }
            }
            catch (AggregateException e) when (e.InnerExceptions.All(static inner => inner is ObjectDisposedException or Linux.LinuxException))
            {
                // It has ended, or may not open its sockets, which whoever applies groups is told: there is nothing to measure.
            }

            return _read;
        }
    }

    private IEnumerable<Measurement<long>> Of(Func<AnnouncerCounters, long> value) => Read() is { } read ? [new(value(read.Counters))] : [];

    private IEnumerable<Measurement<long>> ReadAddresses()
    {
        var addresses = Read()?.Groups.SelectMany(static g => g.Addresses).ToArray();
        return addresses is null
            ? []
            : Enum.GetValues<AnnouncedAddressCondition>().Select(condition =>
                new Measurement<long>(addresses.Count(a => a.Condition == condition), new KeyValuePair<string, object?>("condition", NameOf(condition))));
    }

    private IEnumerable<Measurement<long>> ReadFrames() => Read() is { } read
        ? [Kind("arp", read.Counters.ArpFrames), Kind("advertisement", read.Counters.AdvertisementFrames), Kind("probe", read.Counters.ProbeFrames), Kind("gateway", read.Counters.GatewayFrames)]
        : [];

    private static Measurement<long> Kind(string kind, long count) => new(count, new KeyValuePair<string, object?>("kind", kind));

    private static string NameOf(AnnouncedAddressCondition condition) => condition switch
    {
        AnnouncedAddressCondition.Standby => "standby",
        AnnouncedAddressCondition.Placed => "placed",
        AnnouncedAddressCondition.Owned => "owned",
        AnnouncedAddressCondition.Routed => "routed",
        AnnouncedAddressCondition.Withheld => "withheld",
        _ => "failed",
    };
}
