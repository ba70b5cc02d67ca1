using System.Net;
using System.Net.Sockets;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Bfd;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Node.Bfd;

/// <summary>Reads what the wire says about a session, over the one that is there, and collects every problem. Pure.</summary>
internal sealed partial class BfdReader
{
    private const string AnAddress = "an IPv4 or IPv6 address";

    private readonly List<Problem> _problems = [];
    private readonly List<Problem> _fixed = [];
    private readonly IBfdHost _host;
    private bool _isIntervalTooLow;

    private BfdReader(IBfdHost host) => _host = host;

    /// <summary>Reads a session. Of one that is in the model, what is absent stays as it is.</summary>
    public static BfdReading Read(BfdArguments wire, BfdModel model, IBfdHost host)
    {
        var reader = new BfdReader(host);
        var unknown = UnknownInstance(wire.Instance);
        var session = reader.ReadSession(wire, model);
        if (unknown is not null)
        {
            return new BfdReading(null, BfdOutcome.NoInstance, [unknown, .. reader._problems]);
        }

        var outcome = reader._isIntervalTooLow ? BfdOutcome.IntervalTooLow
            : reader._problems.Count != 0 ? BfdOutcome.Malformed
            : reader._fixed.Count != 0 ? BfdOutcome.Fixed
            : BfdOutcome.Done;
        return new BfdReading(outcome == BfdOutcome.Done ? session : null, outcome, [.. reader._problems, .. reader._fixed]);
    }

    /// <summary>What is wrong with the name of a VIP group; null when there is such a group.</summary>
    public static Problem? UnknownInstance(string? instance) =>
        VipGroups.Resolve(instance) == VipGroups.Default ? null : Problem.Of(BfdFields.Instance, instance, $"{VipGroups.Default}, or its other name {VipGroups.DefaultAlias}");

    private ConfiguredBfd? ReadSession(BfdArguments wire, BfdModel model)
    {
        var peer = ReadAddress(BfdFields.RemoteIP, wire.RemoteIP);
        var source = string.IsNullOrEmpty(wire.SourceIP) ? null : ReadAddress(BfdFields.SourceIP, wire.SourceIP);
        source = source is null || source.Equals(IPAddress.Any) || source.Equals(IPAddress.IPv6Any) ? null : source;
        var there = peer is null ? null : Find(model, peer, wire.Interface ?? "");
        // A peer that cannot be read must not keep the rest from being looked at.
        var settings = there?.Settings ?? Make(peer ?? new IPAddress([192, 0, 2, 1]), source, wire, peer is not null);
        if (there is not null)
        {
            CheckFixed(wire, source, there);
        }

        settings = ReadNumbers(wire, settings, there, out var hasMinRx);
        settings = settings with
        {
            Passive = wire.Passive ?? settings.Passive,
            Authentication = ReadAuthentication(wire.Authentication, settings.Authentication),
        };
        foreach (var problem in BfdSessionValidator.Validate(settings).Select(BfdFields.OnWire))
        {
            if (!_problems.Exists(known => known.Field == problem.Field))
            {
                _problems.Add(problem);
            }
        }

        return new ConfiguredBfd(settings) { HasMinRx = hasMinRx, Origin = there?.Origin ?? BfdOrigin.Api };
    }

    private IPAddress? ReadAddress(string field, string? text)
    {
        if (AddressText.TryParse(text, out var address))
        {
            return address;
        }

        _problems.Add(Problem.Of(field, text, AnAddress));
        return null;
    }

    private static ConfiguredBfd? Find(BfdModel model, IPAddress peer, string interfaceName)
    {
        if (!peer.IsIPv6LinkLocal)
        {
            return model.Sessions.GetValueOrDefault(new BfdName(peer, ""));
        }

        if (interfaceName.Length != 0)
        {
            return model.Sessions.GetValueOrDefault(new BfdName(peer, interfaceName));
        }

        // Without an interface the only one is meant; with several, the validator asks for it.
        ConfiguredBfd[] found = [.. model.Sessions.Values.Where(s => s.Name.Peer.Equals(peer)).Take(2)];
        return found.Length == 1 ? found[0] : null;
    }

    private BfdSessionSettings Make(IPAddress peer, IPAddress? source, BfdArguments wire, bool isPeerKnown)
    {
        var multihop = wire.Multihop ?? (isPeerKnown && !peer.IsIPv6LinkLocal && IsRoutable(peer) && !_host.IsDirect(peer));
        return new BfdSessionSettings(peer)
        {
            LocalAddress = source is null || isPeerKnown || source.AddressFamily == AddressFamily.InterNetwork ? source : null,
            Interface = string.IsNullOrEmpty(wire.Interface) ? null : wire.Interface,
            Kind = multihop ? BfdSessionKind.Multihop : BfdSessionKind.SingleHop,
        };
    }

    /// <summary>The kernel is not asked for ways to what the validator refuses.</summary>
    private static bool IsRoutable(IPAddress peer) => BfdSessionValidator.Validate(new BfdSessionSettings(peer)).IsEmpty;

    private void CheckFixed(BfdArguments wire, IPAddress? source, ConfiguredBfd there)
    {
        const string How = "; delete the session to change it";
        var settings = there.Settings;
        var own = settings.LocalAddress ?? _host.SourceOf(there.Name);
        if (source is not null && !source.Equals(own))
        {
            _fixed.Add(Problem.Of(BfdFields.SourceIP, source, (settings.LocalAddress, own) switch
            {
                (null, null) => $"none, the route chooses it{How}",
                (null, _) => $"none, the route chooses it, or {own}, which it has chosen{How}",
                _ => $"{own}{How}",
            }));
        }

        if (!string.IsNullOrEmpty(wire.Interface) && wire.Interface != settings.Interface)
        {
            _fixed.Add(Problem.Of(BfdFields.Interface, wire.Interface, $"{settings.Interface ?? "none"}{How}"));
        }

        var isMultihop = settings.Kind == BfdSessionKind.Multihop;
        if (wire.Multihop is { } multihop && multihop != isMultihop)
        {
            _fixed.Add(Problem.Of(BfdFields.Multihop, multihop ? "true" : "false", $"{(isMultihop ? "true" : "false")}{How}"));
        }
    }
}
