using Loxi.Node.Bfd;
using Loxi.Node.Options;

namespace Loxi.Node.Composition;

// The session of --ka comes and goes with the node that it watches.
internal sealed partial class NodeBfd
{
    public async Task SetKeepAliveAsync(KeepAlive? keepAlive)
    {
        await EnterAsync(CancellationToken.None);
        try
        {
            var there = _model.Sessions.Values.FirstOrDefault(static s => s.Origin == BfdOrigin.Flag);
            var desired = keepAlive is not null ? With(keepAlive) : there is not null ? _model with { Sessions = _model.Sessions.Remove(there.Name) } : _model;
            if (ReferenceEquals(desired, _model))
            {
                return;
            }

            var (before, wereWaiting) = (_model, _waiting);
            (_model, _waiting) = (desired, there is null ? _waiting : _waiting.Remove(there.Name));
            while (await TryApplyAsync(_model, _waiting) is { } refusal)
            {
                if (!refusal.Others.IsEmpty || refusal.BySession.IsEmpty)
                {
                    (_model, _waiting) = (before, wereWaiting);
                    LogKeepAliveNotFollowed(string.Join("; ", refusal.Others));
                    return;
                }

                WaitFor(refusal);
            }

            _hadSession |= !_model.Sessions.IsEmpty;
            _following = _waiting.IsEmpty ? _following : FollowAgainAsync(_following);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Who follows now may have looked for the last time already.</summary>
    private async Task FollowAgainAsync(Task before)
    {
        await before;
        await FollowNetworkAsync();
    }
}
