namespace Loxi.Core.Routes;

/// <summary>Puts learned routes where packets are forwarded, the kernel's tables as a rule. Calls come one at a time.</summary>
public interface IRouteInstaller
{
    /// <summary>Makes routes as they shall be. Only the last state of a prefix counts; the same state twice changes nothing.</summary>
    /// <param name="changes">What shall be, each prefix once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when all are applied or, one by one, refused; what was refused is for the installer to log and count.</returns>
    ValueTask ApplyAsync(IReadOnlyList<RouteChange> changes, CancellationToken cancellationToken);

    /// <summary>All routes that are known after a start were given: those of an earlier life that were not named may go.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when they are gone.</returns>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
