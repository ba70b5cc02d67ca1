using Loxi.Core.Services;
using Loxi.Node.State;

namespace Loxi.Node.Ha;

/// <summary>The services and pools whose addresses make VIP groups.</summary>
internal interface IGroupedServices
{
    /// <summary>Raised when <see cref="Current"/> has changed.</summary>
    event Action? Changed;

    /// <summary>What is in force and saved.</summary>
    DesiredState Current { get; }

    /// <summary>The services with the sources that a controller has posted for their groups.</summary>
    ServiceModel WithSources { get; }

    /// <summary>Why a change is refused, by what was desired before and shall be; null where it is not. Set before the first request.</summary>
    Func<DesiredState, DesiredState, string?> Guard { get; set; }

    /// <summary>Gives full-NAT services the sources that a controller has posted for their groups; all or nothing.</summary>
    Task SetSourcesAsync(GroupSources sources);
}
