using System.Net;
using Loxi.Api.Wire;
using Loxi.Bfd;
using Loxi.Bfd.Session;
using Loxi.Node.Bfd;
using Loxi.Node.Rest;
using Loxi.Node.Tests.Bfd;

namespace Loxi.Node.Tests.Rest;

/// <summary>Sessions without sockets: a test hands them datagrams and the time.</summary>
internal sealed class InMemoryBfd : INodeBfd
{
    private readonly BfdSessionTable _table = new(new Random(7));
    private readonly Dictionary<BfdName, BfdSession> _sessions = [];
    private bool _hadSession;

    public BfdModel Model { get; private set; } = BfdModel.Empty;

    /// <summary>The time of the sessions, in nanoseconds; the wall clock shows 2030-01-01 at 0.</summary>
    public long Now { get; set; }

    /// <summary>What the next change meets.</summary>
    public BfdResult? Refusal { get; set; }

    /// <summary>Why a session is not in force.</summary>
    public Dictionary<string, string> Waiting { get; } = [];

    public BfdSession SessionWith(string peer) => _sessions.Single(s => s.Key.Peer.Equals(IPAddress.Parse(peer))).Value;

    /// <summary>A datagram comes in.</summary>
    public void Receive(BfdDatagram datagram, long now)
    {
        Now = now;
        Span<byte> room = stackalloc byte[BfdSession.TransmitLength];
        _table.Receive(datagram, now, room, out _);
    }

    public Task<IReadOnlyList<NodeBfdSession>?> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<NodeBfdSession>?>(!_hadSession ? null :
    [
        .. Model.InOrder.Select(session => new NodeBfdSession(session, ReportOf(session), new BfdMoment(Now, new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(Now / 100)))
        {
            Problem = Waiting.GetValueOrDefault(session.Name.ToString()),
        }),
    ]);

    public Task<BfdResult> PutAsync(BfdArguments arguments, CancellationToken cancellationToken)
    {
        var result = Model.Put(arguments, new StubHost(), out var desired);
        if (!ReferenceEquals(desired, Model) && Refusal is not null)
        {
            return Task.FromResult(Refusal);
        }

        Span<byte> room = stackalloc byte[BfdSession.TransmitLength];
        foreach (var session in desired.Sessions.Values)
        {
            if (_sessions.TryGetValue(session.Name, out var there))
            {
                there.Change(session.Settings, Now, room);
            }
            else
            {
                _sessions.Add(session.Name, _table.Add(session.Settings, default, session.Settings.Interface is null ? 0 : 1 + session.Settings.Interface[^1], Now));
            }
        }

        (Model, _hadSession) = (desired, _hadSession || !desired.Sessions.IsEmpty);
        return Task.FromResult(result);
    }

    public Task<BfdResult> RemoveAsync(BfdSelector selector, CancellationToken cancellationToken)
    {
        if (!_hadSession)
        {
            return Task.FromResult(new BfdResult(BfdOutcome.NotRunning));
        }

        var result = Model.Remove(selector, out var desired);
        foreach (var name in Model.Sessions.Keys.Where(name => !desired.Sessions.ContainsKey(name)))
        {
            _sessions.Remove(name, out var session);
            _table.Remove(session!);
        }

        Model = desired;
        return Task.FromResult(result);
    }

    private BfdSessionReport? ReportOf(ConfiguredBfd session) => Waiting.ContainsKey(session.Name.ToString()) ? null : new BfdSessionReport
    {
        Key = BfdSessionKey.Of(session.Settings),
        Status = _sessions[session.Name].GetStatus(),
        LocalAddress = session.Settings.LocalAddress ?? new StubHost().SourceOf(session.Name),
        SourcePort = 50_000,
    };
}
