/** Catches what the page itself throws while it draws, so that a fault ends in a page with a way on. */
import { Component, type ReactNode } from "react";
import { serialiseError, type SerialisedError } from "../../../contract/errors";

export interface ErrorBoundaryProps {
  readonly children: ReactNode;
  readonly fallback: (error: SerialisedError) => ReactNode;
}

interface ErrorBoundaryState {
  readonly error: SerialisedError | undefined;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override readonly state: ErrorBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error: serialiseError(error) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? this.props.children : this.props.fallback(error);
  }
}
