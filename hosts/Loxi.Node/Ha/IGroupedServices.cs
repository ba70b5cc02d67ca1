using Loxi.Node.State;

namespace Loxi.Node.Ha;

/// <summary>The services and pools whose addresses make VIP groups.</summary>
internal interface IGroupedServices
{
    /// <summary>Raised when <see cref="Current"/> has changed.</summary>
    event Action? Changed;

    /// <summary>What is in force and saved.</summary>
    DesiredState Current { get; }
}
