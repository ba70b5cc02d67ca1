using System.Collections.Immutable;
using System.Net;
using Loxi.Bfd;
using Loxi.Bfd.Session;
using Loxi.Core;
using Loxi.Node.Bfd;

namespace Loxi.Node.Tests.Bfd;

/// <summary>Keeps what it is told, all or none.</summary>
internal sealed class FakeSpeaker : IBfdSpeaker
{
    private readonly BfdSessionTable _table = new(new Random(3));
    private ImmutableArray<BfdSessionSettings> _sessions = [];

    /// <summary>What was put in force, one line for each call that changed something: the peers with their intervals.</summary>
    public List<string> Applied { get; } = [];

    /// <summary>Own addresses that the host has; others are refused.</summary>
    public HashSet<string> Addresses { get; } = ["192.0.2.1"];

    public bool IsPortTaken { get; set; }

    public int Stops { get; private set; }

    public Task ApplyAsync(IReadOnlyList<BfdSessionSettings> sessions)
    {
        ImmutableArray<Problem> problems =
        [
            .. sessions.Index().Where(s => s.Item.LocalAddress is { } local && !Addresses.Contains(local.ToString()))
                .Select(static s => Problem.Of($"sessions[{s.Index}].localAddress", s.Item.LocalAddress, "an address of this host")),
            .. IsPortTaken && sessions.Count != 0 ? [Problem.Of("port", "3784/udp", "a port that no other program has on IPv4 (another BFD daemon?)")] : Array.Empty<Problem>(),
        ];
        if (!problems.IsEmpty)
        {
            throw new InvalidBfdSessionsException(problems);
        }

        if (!_sessions.SequenceEqual(sessions))
        {
            _sessions = [.. sessions];
            Applied.Add(string.Join(' ', sessions.Select(static s => $"{s.PeerAddress}/{s.DesiredMinTxInterval.TotalMilliseconds}")));
        }

        return Task.CompletedTask;
    }

    public Task<ImmutableArray<BfdSessionReport>> ReadSessionsAsync() => Task.FromResult<ImmutableArray<BfdSessionReport>>(
    [
        .. _sessions.Select(settings =>
        {
            var session = _table.Add(settings, default, 0, 0);
            var status = session.GetStatus();
            _table.Remove(session);
            return new BfdSessionReport { Key = BfdSessionKey.Of(settings), Status = status, LocalAddress = settings.LocalAddress ?? IPAddress.Parse("192.0.2.1") };
        }),
    ]);

    public ValueTask StopAsync()
    {
        Stops++;
        _sessions = [];
        return ValueTask.CompletedTask;
    }
}
