/** What goes between a thread and whoever gives it jobs; all of it is cloned on its way. */

export type ToThread<Job> = { readonly job: Job } | 'abort';

export type FromThread<Answer, News> = { readonly answer: Answer } | { readonly news: News };
