using Loxi.Bfd.Transport;
using Loxi.Linux;

namespace Loxi.Bfd;

/// <content>Links that go and come back.</content>
public sealed partial class BfdSpeaker
{
    /// <summary>A session that cannot send may be bound to a link that was taken away and made anew, under its old name with another index.</summary>
    private async Task FollowLinkAsync(EngineSession session)
    {
        await _applying.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_isDisposed && _engine is { } engine && _sessions.TryGetValue(session.Key, out var current) && current.Session == session)
            {
                await MoveAsync(engine, session).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is LinuxException or ObjectDisposedException)
        {
            // The address may not be there yet. The next packet that cannot be sent asks again.
            LogNotMoved(e, session.Key);
        }
        finally
        {
            _applying.Release();
        }
    }

    private async Task MoveAsync(BfdEngine engine, EngineSession session)
    {
        var (index, socket) = _options.NetworkNamespace is { } other ? other.Run(() => OpenOnNewLink(session)) : OpenOnNewLink(session);
        if (socket is null)
        {
            return;
        }

        TransmitSocket unused;
        try
        {
            unused = await engine.PostAsync((e, _) => e.Move(session, index, socket)).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        unused.Dispose();
        if (unused != socket)
        {
            LogMoved(session.Key);
        }
    }

    private static (int Index, TransmitSocket? Socket) OpenOnNewLink(EngineSession session) =>
        TryFindInterface(session.FirstSettings, out var index) && index != session.InterfaceIndex ? (index, session.Transmit.OpenOn(index)) : (0, null);
}
