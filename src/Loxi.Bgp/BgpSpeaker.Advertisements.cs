using System.Net;

namespace Loxi.Bgp;

/// <content>Own announcements as a desired state, whole or by what changes.</content>
public sealed partial class BgpSpeaker
{
    // Until there is a RIB, which has them from then on.
    private readonly Dictionary<IPNetwork, BgpAdvertisement> _advertisements = [];

    /// <summary>
    /// Makes these the announcements, all that there shall be; only differences are sent, and no session is touched. They stay over every <see cref="ApplyAsync"/> and
    /// may come before the first one.
    /// </summary>
    /// <param name="advertisements">What to announce, each prefix once.</param>
    /// <param name="cancellationToken">Gives up waiting for an earlier call.</param>
    /// <returns>When the routes are in the RIB; sending goes on by itself, see <see cref="FlushAsync"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="advertisements"/> or one of them is null.</exception>
    /// <exception cref="InvalidBgpConfigurationException">Something is wrong with them: all of it at once.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed.</exception>
    public async Task SetAdvertisementsAsync(IReadOnlyList<BgpAdvertisement> advertisements, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(advertisements);
        var desired = advertisements.ToArray();
        ThrowIfAny(BgpAdvertisementValidator.Validate(desired));
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_rib is { } rib)
            {
                rib.Use(r => r.SetAdvertisements(desired));
                return;
            }

            _advertisements.Clear();
            Keep(desired);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>
    /// Changes announcements and leaves the others as they are: the same as <see cref="SetAdvertisementsAsync"/> with all of them, in the time that the changes alone take.
    /// </summary>
    /// <param name="announced">What to announce, or with which other attributes, each prefix once.</param>
    /// <param name="withdrawn">Prefixes to announce no more; those that are not announced are passed over.</param>
    /// <param name="cancellationToken">Gives up waiting for an earlier call.</param>
    /// <returns>When the routes are in the RIB; sending goes on by itself, see <see cref="FlushAsync"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument or one of the announcements is null.</exception>
    /// <exception cref="InvalidBgpConfigurationException">Something is wrong with them, or a prefix is both announced and withdrawn: all of it at once, and nothing is changed.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed.</exception>
    public async Task ChangeAdvertisementsAsync(IReadOnlyList<BgpAdvertisement> announced, IReadOnlyList<IPNetwork> withdrawn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(announced);
        ArgumentNullException.ThrowIfNull(withdrawn);
        var (added, removed) = (announced.ToArray(), withdrawn.ToArray());
        ThrowIfAny(BgpAdvertisementValidator.Validate(added, removed));
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_rib is { } rib)
            {
                rib.Use(r => r.ChangeAdvertisements(added, removed));
                return;
            }

            foreach (var prefix in removed)
            {
                _advertisements.Remove(prefix);
            }

            Keep(added);
        }
        finally
        {
            _applying.Release();
        }
    }

    private void Keep(BgpAdvertisement[] advertisements)
    {
        foreach (var advertisement in advertisements)
        {
            _advertisements[advertisement.Prefix] = advertisement;
        }
    }
}
