using System.Collections.Immutable;
using System.Net.Sockets;
using Loxi.Ha.Announce.Wire;
using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <content>Gateways: whether the ways of clients lead to this node (R13).</content>
internal sealed partial class AnnouncerCore
{
    private GatewayState[] _gateways = [];
    private long _gatewayFrames;

    /// <summary>Replaces the gateways that are asked. Of those that stay nothing is forgotten.</summary>
    internal void SetGateways(ImmutableArray<TrackedGateway> gateways, TimeSpan now)
    {
        var before = _gateways.ToDictionary(static g => g.Declared);
        _gateways = [.. (gateways.IsDefault ? [] : gateways).Distinct().Select(declared => before.GetValueOrDefault(declared) ?? new GatewayState(declared, now))];
        _view = _system.Read();
        Index();
        AskGateways(now);
    }

    private TimeSpan GatewaysDue
    {
        get
        {
            var due = TimeSpan.MaxValue;
            foreach (var gateway in _gateways)
            {
                due = gateway.AskAt < due ? gateway.AskAt : due;
            }

            return due;
        }
    }

    /// <summary>Whatever a gateway says of itself on its link is a sign of life.</summary>
    private void NoteGateway(Claim claim, TimeSpan now)
    {
        foreach (var gateway in _gateways)
        {
            if (gateway.Value == claim.Address && _view.Find(gateway.Declared.Interface)?.Index == claim.InterfaceIndex && gateway.Heard(now))
            {
                AnnounceLog.GatewayAnswers(_logger, gateway.Declared.Address, gateway.Declared.Interface);
                _tellGateway(gateway.Status);
            }
        }
    }

    private void AskGateways(TimeSpan now)
    {
        var asks = false;
        foreach (var gateway in _gateways)
        {
            if (now < gateway.AskAt)
            {
                continue;
            }

            if (gateway.Ask(now))
            {
                AnnounceLog.GatewayLost(_logger, gateway.Declared.Address, gateway.Declared.Interface);
                _tellGateway(gateway.Status);
            }

            asks |= QueueQuestion(gateway);
        }

        if (asks)
        {
            Flush(isAnnouncement: false);
        }
    }

    private bool QueueQuestion(GatewayState gateway)
    {
        if (_view.Find(gateway.Declared.Interface) is not { } link || !_view.IsUp(link.Index) || !_view.CanAnnounceOn(link.Index))
        {
            // Without a way to it there is no answer.
            return false;
        }

        Span<byte> frame = stackalloc byte[NeighbourFrame.Size];
        Span<byte> mac = stackalloc byte[LinkLayerAddress.MaxLength];
        Span<byte> target = stackalloc byte[16], source = stackalloc byte[16];
        mac = mac[..link.HardwareAddress.CopyTo(mac)];
        target = target[..gateway.Value.CopyTo(target)];
        source = source[..target.Length];
        source.Clear();
        if (_view.SourceFor(gateway.Value, link.Index) is { } own)
        {
            own.CopyTo(source);
        }

        var length = gateway.Value.Family == AddressFamily.InterNetwork
            ? ArpFrame.WriteRequest(frame, mac, source, target)
            : NeighbourFrame.WriteSolicitation(frame, mac, source, target);
        _system.Queue(link.Index, frame[..length]);
        _gatewayFrames++;
        return true;
    }
}
