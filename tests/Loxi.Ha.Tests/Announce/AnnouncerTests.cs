using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Ha.Tests.Announce;

/// <summary>A core of an announcer on a machine that is made up, and what it told.</summary>
public abstract class AnnouncerTests : IDisposable
{
    private protected static readonly IPAddress Vip4 = IPAddress.Parse("192.0.2.100");
    private protected static readonly IPAddress Vip6 = IPAddress.Parse("2001:db8::100");
    private protected static readonly LinkLayerAddress Stranger = LinkLayerAddress.Parse("02:00:5e:00:53:66");

    private protected readonly FakeSystem _system = new();
    private protected readonly List<AddressConflict> _conflicts = [];
    private protected readonly List<GatewayStatus> _gateways = [];
    private protected readonly AnnouncerCore _core;

    private protected AnnouncerTests() => _core = new AnnouncerCore(_system, NullLogger.Instance, _conflicts.Add, tellGateway: _gateways.Add);

    public void Dispose()
    {
        _system.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>Both VIPs on <c>lo</c>.</summary>
    private protected static ImmutableArray<AnnouncedGroup> Group(bool isMaster) =>
        [new("g", [new(Vip4, AddressPlacement.Interface, "lo"), new(Vip6, AddressPlacement.Interface, "lo")], isMaster)];

    private protected AnnouncerStatus Status() => _core.Status(0);
}
