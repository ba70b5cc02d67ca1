using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport.Engine;

/// <summary>Something that the engine tells the rest of the process.</summary>
internal readonly record struct EngineEvent
{
    /// <summary>The group that <see cref="Action"/> is of.</summary>
    public GroupRun? Group { get; init; }

    /// <summary>What a role core wants done.</summary>
    public RoleAction Action { get; init; }

    /// <summary>VIPs that stay out, with an announcement.</summary>
    public ImmutableArray<IPAddress> Withheld { get; init; }

    /// <summary>An alarm of the transport.</summary>
    public HelloAlarm? Alarm { get; init; }

    /// <summary>The alarm is over.</summary>
    public bool IsOver { get; init; }

    /// <summary>The path that it is about; with no alarm: its interface is to be looked for.</summary>
    public HelloPath? Path { get; init; }

    public ushort? Peer { get; init; }

    public HelloDiscardReason Reason { get; init; }

    /// <summary>Who sent what was thrown away.</summary>
    public Linux.InternetAddress Source { get; init; }

    /// <summary>An error number; nanoseconds of lateness; datagrams lost; a version.</summary>
    public long Number { get; init; }

    /// <summary>What is wrong.</summary>
    public string? Text { get; init; }
}
