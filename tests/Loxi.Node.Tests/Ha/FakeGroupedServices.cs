using Loxi.Node.Ha;
using Loxi.Node.State;

namespace Loxi.Node.Tests.Ha;

/// <summary>Services that are what a test says.</summary>
internal sealed class FakeGroupedServices : IGroupedServices
{
    public event Action? Changed;

    public DesiredState Current { get; private set; } = DesiredState.Empty;

    public void Set(DesiredState desired)
    {
        Current = desired;
        Changed?.Invoke();
    }
}
