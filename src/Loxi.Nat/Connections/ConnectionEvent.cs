using System.Net;
using Loxi.Core.Services;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>A connection was established or closed. A value, so that telling it costs no memory; addresses are made when asked for.</summary>
public readonly struct ConnectionEvent
{
    private readonly RawEvent _raw;

    internal ConnectionEvent(in RawEvent raw) => _raw = raw;

    /// <summary>Time since the machine started, without suspend.</summary>
    public TimeSpan Time => TimeSpan.FromTicks((long)_raw.Time / 100);

    /// <summary>The state that the connection has now.</summary>
    public ConnectionState State => (ConnectionState)_raw.State;

    /// <summary>Protocol.</summary>
    public ServiceProtocol Protocol => _raw.Proto == 58 ? ServiceProtocol.Icmp : (ServiceProtocol)_raw.Proto;

    /// <summary>Source of the packet that made the change.</summary>
    public IPAddress Source => WireAddress.ToAddress(_raw.Saddr);

    /// <summary>Source port of that packet.</summary>
    public int SourcePort => WireAddress.FromWire(_raw.Sport);

    /// <summary>Destination of the packet that made the change.</summary>
    public IPAddress Destination => WireAddress.ToAddress(_raw.Daddr);

    /// <summary>Destination port of that packet.</summary>
    public int DestinationPort => WireAddress.FromWire(_raw.Dport);
}

/// <summary>Handles a change of a connection.</summary>
/// <param name="change">The change.</param>
public delegate void ConnectionObserver(in ConnectionEvent change);
